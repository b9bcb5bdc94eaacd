package org.rgflow.flow.velocity;

import java.util.Arrays;

/**
 * Classes of grid sites that pairwise lie further apart than a distance on some axis.
 *
 * <p>On an axis of length L with spacing d sites get colours so that equal ones are at least d
 * apart; on a torus the distance is also counted around it: ceil(L / floor(L / d)) colours, or L
 * where L &lt; 2 d.
 */
final class Colouring {
  private final int[][] colourOf;
  private final int[] colours;
  private final int sites;

  /**
   * @param spacing least distance of two sites of one class, on some axis
   */
  Colouring(int[] lengths, int spacing, boolean torus) {
    this.colourOf = new int[lengths.length][];
    this.colours = new int[lengths.length];
    int product = 1;
    for (int a = 0; a < lengths.length; a++) {
      colourOf[a] = torus ? evenRuns(lengths[a], spacing) : periodic(lengths[a], spacing);
      colours[a] = Arrays.stream(colourOf[a]).max().getAsInt() + 1;
      product *= lengths[a];
    }
    this.sites = product;
  }

  private static int[] periodic(int length, int spacing) {
    int[] colour = new int[length];
    Arrays.setAll(colour, i -> i % spacing);
    return colour;
  }

  /** As many runs as fit, as even as they come; a site's colour is its place in its run. */
  private static int[] evenRuns(int length, int spacing) {
    int runs = Math.max(1, length / spacing);
    int[] colour = new int[length];
    for (int run = 0; run < runs; run++) {
      int start = length * run / runs;
      int end = length * (run + 1) / runs;
      for (int i = start; i < end; i++) {
        colour[i] = i - start;
      }
    }
    return colour;
  }

  /** Number of classes. */
  int classes() {
    return Arrays.stream(colours).reduce(1, Math::multiplyExact);
  }

  /** 1 at the sites of a class, 0 elsewhere, row-major. */
  double[] indicator(int colourClass) {
    double[] indicator = new double[sites];
    for (int site = 0; site < sites; site++) {
      indicator[site] = classOf(site) == colourClass ? 1 : 0;
    }
    return indicator;
  }

  private int classOf(int site) {
    int rest = site;
    int result = 0;
    int factor = 1;
    for (int a = colours.length - 1; a >= 0; a--) {
      result += factor * colourOf[a][rest % colourOf[a].length];
      factor *= colours[a];
      rest /= colourOf[a].length;
    }
    return result;
  }
}
