"""What the project adds to Django's ORM: statements that are compiled once."""
