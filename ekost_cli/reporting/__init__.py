"""What `ekost report` tells, a file for each subject."""
