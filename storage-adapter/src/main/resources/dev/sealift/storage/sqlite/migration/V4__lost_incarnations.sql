-- What the notary signed of a space in a state that was lost, as devices told: no head of the log that is here is of one. They come with the
-- files that they excuse, so before the next incarnation begins. Those told of so far stand among the incarnations, below one that began
-- after them.

CREATE TABLE lost_incarnation (
  space_row INTEGER NOT NULL REFERENCES space,
  number    INTEGER NOT NULL,               -- as signed
  signed    BLOB    NOT NULL,               -- as the notary signed it
  PRIMARY KEY (space_row, number)
) WITHOUT ROWID;
