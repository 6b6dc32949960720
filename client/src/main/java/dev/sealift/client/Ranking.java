package dev.sealift.client;

/** Which of two writes that do not know of each other stays. Fixed when a space is founded. */
public enum Ranking {
  /** The one with the later time, by the clocks of those who wrote: no mesh has a say in it. */
  HYBRID_TIME,
  /**
   * The one that reached the mesh later, whoever's clock runs ahead; and what comes long after it was written stands right behind what its author had seen, so that it does not
   * bury what others did meanwhile. By delaying what it is sent, a mesh can choose.
   */
  ARRIVAL
}
