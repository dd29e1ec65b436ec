"""`python -m formcase` is the `formcase` command."""

from formcase.cli.main import main

if __name__ == "__main__":
    main()
