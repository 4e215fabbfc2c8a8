"""报警: what readings say, called out, verified, explained, put right and closed by persons."""
