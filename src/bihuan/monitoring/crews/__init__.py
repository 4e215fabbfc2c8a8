"""Who is underground: faces, shifts, limits of crews, alarms, marks of large shifts."""
