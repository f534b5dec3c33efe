"""Each module finds the tasks of one subject for one user, as values of `task.Task`."""
