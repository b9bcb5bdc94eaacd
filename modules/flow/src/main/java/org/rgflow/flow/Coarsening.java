package org.rgflow.flow;

/** What the coarse sites of a level carry to the next grid. */
public enum Coarsening {
  /** The values that the level's flow leaves there. */
  DECIMATION,
  /**
   * The averages of their blocks: every level begins with an orthogonal step that puts them there,
   * and the blocks' details at the other sites, see {@link HaarStep}.
   */
  AVERAGE
}
