"""A Dutch chat assistant that answers from practice notes and cites the originating document."""
