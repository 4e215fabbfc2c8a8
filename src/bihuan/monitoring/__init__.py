"""Early warning: alarms and warnings as closed loops, and the work that readings reveal."""
