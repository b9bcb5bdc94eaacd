package org.rgflow.flow;

import java.util.List;
import org.rgflow.flow.velocity.Padding;

/**
 * Where each of an example's latents, (C, sites), stands on the lattice of its data: at the site
 * that is still there when its level begins.
 */
public final class LatentPlaces {
  private final int[] shape;
  private final boolean isTorus;
  private final int[] levels;
  private final int sites;

  /** Per latent its coordinates. */
  private final int[][] places;

  /** Those of a model; of circular padding its lattice is a torus. */
  public LatentPlaces(FlowConfig model) {
    this.shape = model.shape();
    this.isTorus = model.padding() == Padding.CIRCULAR;
    this.levels = LatentLevels.of(model).ofEach();
    this.places = new int[levels.length][];
    this.sites = levels.length / model.channels();
    int at = 0;
    int offset = 0;
    int spacing = 1;
    List<Partition> partitions = model.levels();
    for (Partition level : partitions) {
      for (int site : level.residual()) {
        int[] place = coordinates(site, level.shape());
        for (int a = 0; a < place.length; a++) {
          place[a] = offset + spacing * place[a];
        }
        for (int channel = 0; channel < model.channels(); channel++) {
          places[channel * sites + at] = place;
        }
        at++;
      }
      offset += spacing * level.first();
      spacing *= level.stride();
    }
  }

  private static int[] coordinates(int site, int[] shape) {
    int[] coordinates = new int[shape.length];
    int rest = site;
    for (int a = shape.length - 1; a >= 0; a--) {
      coordinates[a] = rest % shape[a];
      rest /= shape[a];
    }
    return coordinates;
  }

  /** Latents of an example. */
  public int count() {
    return levels.length;
  }

  /** The level of a latent, 0 the finest. */
  public int level(int latent) {
    return levels[latent];
  }

  /** Coordinates of a latent, in sites of the data. */
  public int[] place(int latent) {
    return places[latent].clone();
  }

  /**
   * The latent of a level, in the first channel, that is nearest to the middle of the data: its
   * site, in the order of the level's.
   */
  public int middle(int level) {
    int nearest = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int latent = 0; latent < sites; latent++) {
      double square = 0;
      for (int a = 0; a < shape.length; a++) {
        double away = places[latent][a] - (shape[a] - 1) / 2.0;
        square += away * away;
      }
      if (levels[latent] == level && square < least) {
        least = square;
        nearest = latent;
      }
    }
    return nearest - first(level);
  }

  private int first(int level) {
    int first = 0;
    while (levels[first] != level) {
      first++;
    }
    return first;
  }

  /** Euclidean distance of two latents in sites of the data, on a torus the shortest. */
  public double distance(int one, int other) {
    double sum = 0;
    for (int a = 0; a < shape.length; a++) {
      int along = Math.abs(places[one][a] - places[other][a]);
      int shortest = isTorus ? Math.min(along, shape[a] - along) : along;
      sum += (double) shortest * shortest;
    }
    return Math.sqrt(sum);
  }
}
