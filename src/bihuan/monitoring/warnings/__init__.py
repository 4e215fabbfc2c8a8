"""Early warning (预警): warnings with their calls, withdrawals, goafs, gas assessments, entries."""
