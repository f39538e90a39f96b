"""What a person sees: figures, tables, chronicles."""
