"""The client certificates with which Formcase shows who it is, kept in the data folder."""
