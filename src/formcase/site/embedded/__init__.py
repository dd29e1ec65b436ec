"""The PostgreSQL server that Formcase brings along, in the data folder, for as long as a Formcase process uses it.

Who uses it holds a shared lock on a file, which the system takes back however the process ends. A keeper process
(`keeper.py`) waits for that file to be free and then stops the server; so nothing is left behind, even by a kill.
"""
