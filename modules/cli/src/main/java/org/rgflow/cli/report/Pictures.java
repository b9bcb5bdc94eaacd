package org.rgflow.cli.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rgflow.data.ImageGrid;
import org.rgflow.data.PngImage;
import org.rgflow.data.Shape;

/** What a model draws, decodes again, and finds likely, as blocks of a page. */
final class Pictures {
  private static final int COLUMNS = 8;
  private static final int DECODED = 16;

  /** Pixels that a grid's image is drawn to at least, along its longer side. */
  private static final int SIZE = 56;

  private final Evaluation evaluation;
  private final Shape shape;
  private final String unit;

  Pictures(Evaluation evaluation, Shape shape, String unit) {
    this.evaluation = evaluation;
    this.shape = shape;
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
                "%s%d samples at the left, %d real images at the right",
                name, samples.size(), real.size())));
  }

  /** Images above what their latents give back. */
  Block decoded(Reconstruction found) {
    int shown = Math.min(DECODED, found.originals().size());
    List<byte[]> rows = new ArrayList<>(found.originals().subList(0, shown));
    rows.addAll(found.decoded().subList(0, shown));
    return grid(
        rows,
        shown,
        Numbers.of(
            "Above: images; below: decoded from their latents. Of %,d pixels of %d images %,d differ,"
                + " by %d of 255 at most",
            found.values(), found.originals().size(), found.different(), found.largest()));
  }

  /** The likeliest and the least likely images. */
  Stream<Block> extremes(Evaluation.Exhibit shown) {
    List<ScoredSet.Scored> ranked = shown.set().ranked();
    int ends = Math.min(Evaluation.EXTREMES, ranked.size());
    int last = ranked.size();
    return Stream.of(
        gallery("The most likely", shown, ranked.subList(0, ends)),
        gallery("The least likely", shown, ranked.subList(last - ends, last)));
  }

  private Block gallery(String caption, Evaluation.Exhibit shown, List<ScoredSet.Scored> images) {
    return new Block.Gallery(
        Numbers.of("%s, %s, in %s", caption, shown.set().name(), unit),
        images.stream()
            .map(
                image ->
                    Block.Picture.of(
                        PngImage.encode(shown.extremes().get(image.key()), shape),
                        Numbers.of("%.3f", image.perDimension()),
                        image.key()))
            .toList());
  }

  private Block grid(List<byte[]> images, int columns, String caption) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    int longest = Math.max(shape.grid()[0], shape.grid()[1]);
    try {
      ImageGrid.write(png, images, shape, columns, Math.max(1, SIZE / longest));
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return Block.Picture.of(png.toByteArray(), caption, caption);
  }
}
