"""The live path: what each batch of files changes in the episodes."""
