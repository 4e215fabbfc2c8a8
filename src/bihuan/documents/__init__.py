"""Letters, workbooks and uploaded files: what leaves and enters as a file, without Django."""
