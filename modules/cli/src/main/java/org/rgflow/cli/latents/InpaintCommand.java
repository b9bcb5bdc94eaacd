package org.rgflow.cli.latents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.terminal.Findings;
import org.rgflow.data.Example;
import org.rgflow.data.Hole;
import org.rgflow.spark.inpaint.Inpainted;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Fills holes of images. */
@Command(
    name = "inpaint",
    header = "Fill a hole of images with what the model finds likely there.",
    description = {
      "Writes inpaint.png and inpaint.npz: a row to each image, as it is given, with the hole gray,"
          + " and with some fillings. Only the latents in the hole's light cone are drawn anew, by"
          + " Hamiltonian Monte Carlo given the pixels around it; prints how many that are of each"
          + " level. Pixels outside of the hole stay as they are."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow inpaint --model runs/photos --data photos/a.png --hole 8,8,12,12 --output filled",
      "  rgflow inpaint --model runs/photos --data photos --mask hole.png --draws 8 --output filled"
    })
public final class InpaintCommand implements Callable<Integer> {
  private static final int MOST = 1000;
  private static final int GRAY = 128;

  @Mixin private LatentsOptions latents;
  @Mixin private HoleOption holes;

  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = "Images to fill.")
  private List<String> data;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "4",
      description = "Images, from all over the set; default ${DEFAULT-VALUE}.")
  private int count;

  @Option(names = "--draws", paramLabel = "N", description = "inpaint.draws.")
  private String draws;

  @Override
  public Integer call() throws IOException {
    LatentsOptions.requireIn("--count", count, MOST);
    latents
        .flag(Keys.INPAINT_DRAWS, draws)
        .draw(
            "inpaint",
            data,
            (images, out) -> {
              int columns = images.fillings();
              images.requireRoom(2 + columns);
              Hole hole = holes.in(images.shape());
              List<Example> examples = images.examples(data, count);
              Inpainted filled = images.inpainted(examples, hole);
              List<byte[]> rows = new ArrayList<>();
              for (int n = 0; n < examples.size(); n++) {
                byte[] given = examples.get(n).pixels();
                rows.add(given);
                rows.add(hole.blank(given, GRAY));
                filled.draws().subList(n * columns, (n + 1) * columns).stream()
                    .map(Inpainted.Draw::pixels)
                    .forEach(rows::add);
              }
              touched(filled).forEach(line -> out.println(line));
              out.println(walks(filled, hole));
              return images.files("inpaint", rows, 2 + columns);
            });
    return ExitCode.OK;
  }

  /** How many latents were drawn, level by level. */
  private static List<String> touched(Inpainted filled) {
    int channels = filled.levels().channels();
    List<String> lines = new ArrayList<>();
    for (int level = 0; level < filled.levels().count(); level++) {
      int of = level;
      lines.add(
          Findings.format(
              "level %d draws %.1f of %,d latents",
              level,
              filled.draws().stream().mapToInt(draw -> draw.touched()[of]).average().orElseThrow(),
              channels * filled.levels().sizes().get(level)));
    }
    lines.add(
        Findings.format(
            "in all  %.1f of %,d latents",
            filled.draws().stream()
                .mapToInt(draw -> Arrays.stream(draw.touched()).sum())
                .average()
                .orElseThrow(),
            channels * filled.levels().sites()));
    return lines;
  }

  private static String walks(Inpainted filled, Hole hole) {
    return Findings.format(
        "hole    %,d sites; known pixels missed by %.3f, trajectories accepted %.2f",
        hole.size(),
        filled.draws().stream().mapToDouble(Inpainted.Draw::misfit).average().orElseThrow(),
        filled.draws().stream().mapToDouble(Inpainted.Draw::acceptance).average().orElseThrow());
  }
}
