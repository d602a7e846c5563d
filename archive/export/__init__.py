"""A dataset in the forms that others work with: tables, citations, files, and releases that can be cited."""
