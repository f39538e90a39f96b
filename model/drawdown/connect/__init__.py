"""What leaves the program: files of results, bundles, EMA Workbench, SALib."""
