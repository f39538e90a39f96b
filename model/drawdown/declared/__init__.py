"""What is given: data files, actors, columns, draws, parameters, scenarios, the record, words."""
