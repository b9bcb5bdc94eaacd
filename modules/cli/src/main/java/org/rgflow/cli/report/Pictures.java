package org.rgflow.cli.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rgflow.data.ImageGrid;
import org.rgflow.data.Shape;

/** What a model draws, decodes again, and finds likely, as blocks of a page. */
final class Pictures {
  private static final int COLUMNS = 8;
  static final int DECODED = 16;

  /** Pixels that a grid's image is drawn to at least, along its longer side. */
  private static final int SIZE = 56;

  private final Evaluation evaluation;
  private final Thumbnails thumbnails;
  private final String unit;

  Pictures(Evaluation evaluation, Shape shape, String unit) {
    this.evaluation = evaluation;
    this.thumbnails = Thumbnails.of(shape);
    this.unit = unit;
  }

  /** Samples, beside as many real images where there are some. */
  Stream<Block> samples(String name) {
    List<byte[]> samples = evaluation.samples();
    if (samples.isEmpty()) {
      return Stream.empty();
    }
    if (evaluation.exhibit().isEmpty()) {
      return Stream.of(grid(samples, COLUMNS, name + samples.size() + " samples"));
    }
    List<byte[]> real = evaluation.exhibit().get().reconstruction().originals();
    return Stream.of(
        grid(
            ImageGrid.beside(samples, real, COLUMNS),
            2 * COLUMNS + 1,
            Numbers.of(
                "%s%d samples at the left, %d images at the right: %s",
                name, samples.size(), real.size(), evaluation.exhibit().get().set().name())));
  }

  /** Images above what their latents give back; none where no latents could be decoded. */
  Stream<Block> decoded(Reconstruction found) {
    if (found.originals().isEmpty()) {
      return Stream.empty();
    }
    int shown = Math.min(DECODED, found.originals().size());
    List<byte[]> rows = new ArrayList<>(found.originals().subList(0, shown));
    rows.addAll(found.decoded().subList(0, shown));
    return Stream.of(
        grid(
            rows,
            shown,
            Numbers.of(
                "Above: images; below: decoded from their latents. Of %,d values of %d images %,d"
                    + " differ, by %d of 255 at most",
                found.values(), found.originals().size(), found.different(), found.largest())));
  }

  /** The likeliest and the least likely images. */
  Stream<Block> extremes(Exhibit shown) {
    List<ScoredSet.Scored> ranked = shown.set().ranked();
    int ends = Math.min(Exhibit.EXTREMES, ranked.size());
    int last = ranked.size();
    return Stream.of(
        gallery("The most likely", shown, ranked.subList(0, ends)),
        gallery("The least likely", shown, ranked.subList(last - ends, last)));
  }

  private Block gallery(String caption, Exhibit shown, List<ScoredSet.Scored> images) {
    return new Block.Gallery(
        Numbers.of("%s, %s, in %s", caption, shown.set().name(), unit),
        images.stream()
            .map(
                image ->
                    Block.Picture.of(
                        thumbnails.png(shown.extremes().get(image.key())),
                        Numbers.of("%.3f", image.perDimension()),
                        image.key()))
            .toList());
  }

  private Block grid(List<byte[]> images, int columns, String caption) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    Shape shape = thumbnails.shape();
    int longest = Math.max(shape.grid()[0], shape.grid()[1]);
    List<byte[]> small = images.stream().map(thumbnails::reduced).toList();
    try {
      ImageGrid.write(png, small, shape, columns, Math.max(1, SIZE / longest));
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return Block.Picture.of(png.toByteArray(), caption + thumbnails.said(), caption);
  }
}
