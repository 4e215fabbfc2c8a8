"""Accept sentences of the clauses, proved through the doors."""
