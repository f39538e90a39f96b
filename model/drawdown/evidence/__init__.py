"""What the model is held against: the record, stylised facts, stress cases, simple rivals."""
