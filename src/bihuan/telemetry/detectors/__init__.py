"""What figures of a mine may mean: pure decisions, exact at their boundaries, loading nothing."""
