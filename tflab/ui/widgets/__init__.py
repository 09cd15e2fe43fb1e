"""Building blocks that know nothing of sessions: charts, line lists, the editor, bars."""
