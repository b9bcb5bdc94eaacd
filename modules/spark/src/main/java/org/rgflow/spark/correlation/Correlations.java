package org.rgflow.spark.correlation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.special.Gamma;
import org.rgflow.flow.LatentPlaces;

/**
 * Correlations of every two latents over so many examples, and what they tell of dependence.
 *
 * <p>A pair of correlation r has the mutual information of two normals of that correlation,
 *
 * <pre>
 *   I(r) = -log(1 - r^2) / 2 - c,   c = (psi((n - 1) / 2) - psi((n - 2) / 2)) / 2
 * </pre>
 *
 * in nats, with c what n examples of two independent normals show by chance (there r^2 has a
 * Beta(1/2, n/2 - 1) distribution), so that the mean over independent pairs is 0. It is a lower
 * bound where latents are normal, as a model of a normal base has them.
 *
 * @param rows n
 * @param dimensions D, latents of an example
 * @param ofValues r of z: (D, D), symmetric; NaN where a latent is the same in all rows
 * @param ofMagnitudes r of |z|
 */
public record Correlations(long rows, int dimensions, double[] ofValues, double[] ofMagnitudes) {

  /** c, in nats. */
  public double chance() {
    return 0.5 * (Gamma.digamma((rows - 1) / 2.0) - Gamma.digamma((rows - 2) / 2.0));
  }

  /** Pairs of two levels at some distance. */
  public record Class(int finer, int coarser, double beyond, double upTo)
      implements Comparable<Class> {
    @Override
    public int compareTo(Class other) {
      int byFiner = Integer.compare(finer, other.finer);
      int byCoarser = Integer.compare(coarser, other.coarser);
      return byFiner != 0 ? byFiner : byCoarser != 0 ? byCoarser : Double.compare(upTo, other.upTo);
    }
  }

  /**
   * What the pairs of a class show on average.
   *
   * @param ofPairs the class
   * @param pairs how many
   * @param ofValues I in nats of z
   * @param ofMagnitudes I in nats of |z|
   */
  public record Information(Class ofPairs, long pairs, double ofValues, double ofMagnitudes) {}

  private static final class Sums {
    private long pairs;
    private double ofValues;
    private double ofMagnitudes;

    private void add(long count, double values, double magnitudes) {
      pairs += count;
      ofValues += values;
      ofMagnitudes += magnitudes;
    }

    private Information mean(Class ofPairs, double chance) {
      return new Information(
          ofPairs, pairs, ofValues / pairs - chance, ofMagnitudes / pairs - chance);
    }
  }

  /**
   * Mean information by the levels of a pair and its distance in sites: up to 1, beyond 1 up to 2,
   * up to 4 and so on, each twice the one before. A latent that never moves tells nothing, so its
   * pairs are left out.
   */
  public List<Information> byDistance(LatentPlaces places) {
    Map<Class, Sums> classes = new TreeMap<>();
    for (int i = 0; i < dimensions; i++) {
      for (int j = 0; j < i; j++) {
        double ofZ = ofValues[i * dimensions + j];
        double ofAbs = ofMagnitudes[i * dimensions + j];
        if (Double.isNaN(ofZ) || Double.isNaN(ofAbs)) {
          continue;
        }
        double upTo = upTo(places.distance(i, j));
        int one = places.level(i);
        int other = places.level(j);
        Class ofPair =
            new Class(Math.min(one, other), Math.max(one, other), upTo > 1 ? upTo / 2 : 0, upTo);
        classes
            .computeIfAbsent(ofPair, c -> new Sums())
            .add(1, information(ofZ), information(ofAbs));
      }
    }
    return means(classes, chance());
  }

  /** Mean information by the levels of a pair, whatever its distance, of that by distance. */
  public static List<Information> byLevels(List<Information> byDistance) {
    Map<Class, Sums> classes = new TreeMap<>();
    for (Information one : byDistance) {
      Class levels = new Class(one.ofPairs.finer, one.ofPairs.coarser, 0, Double.POSITIVE_INFINITY);
      classes
          .computeIfAbsent(levels, c -> new Sums())
          .add(one.pairs, one.pairs * one.ofValues, one.pairs * one.ofMagnitudes);
    }
    return means(classes, 0);
  }

  private static List<Information> means(Map<Class, Sums> classes, double chance) {
    return classes.entrySet().stream()
        .map(each -> each.getValue().mean(each.getKey(), chance))
        .toList();
  }

  private static double upTo(double distance) {
    double upTo = 1;
    while (upTo < distance) {
      upTo *= 2;
    }
    return upTo;
  }

  private static double information(double correlation) {
    return -0.5 * Math.log1p(-correlation * correlation);
  }
}
