"""What people look at: Datasette over the catalogue, with pages of our own beside its tables, its JSON and its CSV."""
