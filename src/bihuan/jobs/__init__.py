"""Long work (后台任务): asked for at a screen, done by the worker, with progress and cancel."""
