"""What `ekost doctor` examines: the machine, the database, the servers. It changes nothing that it looks at."""
