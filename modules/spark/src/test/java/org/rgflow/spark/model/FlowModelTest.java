package org.rgflow.spark.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.SequenceInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.Updater;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.DataException;
import org.rgflow.data.GaussianTransform;
import org.rgflow.data.PixelCounts;
import org.rgflow.data.Standardisation;
import org.rgflow.data.ValueTransform;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

class FlowModelTest {
  private static FlowModel model() {
    FlowConfig flow =
        new FlowConfig(
            1,
            new int[] {4, 4},
            2,
            new int[] {3},
            3,
            Padding.CIRCULAR,
            Activation.TANH,
            true,
            2,
            Base.NORMAL);
    FlowLayer layer =
        new FlowLayer(
            flow,
            Initialisation.STATIC,
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
            Regularisation.NONE);
    return new FlowModel(
        FlowNetwork.create(
            layer, Updater.ADAM.getIUpdaterWithDefaultConfig(), 0, 7, DataType.FLOAT),
        new ValueTransform());
  }

  private static FlowModel load(byte[] bytes) {
    return FlowModel.load("it.zip", new ByteArrayInputStream(bytes));
  }

  /** A file whose entry, another or one more, has a content. */
  private static byte[] with(byte[] file, String name, byte[] content) throws IOException {
    Map<String, byte[]> entries = entries(file);
    entries.put(name, content);
    return zip(entries);
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void whatIsLoadedIsWhatWasSavedAndEqualModelsAreEqualFiles() {
    FlowModel model = model().after(5);
    FlowModel again = load(model.bytes());
    assertThat(again.parameters()).containsExactly(model.parameters());
    assertThat(again.rounds()).isEqualTo(5);
    assertThat(again.bytes()).isEqualTo(model.bytes());
    assertThat(again.id()).isEqualTo(model.id()).isNotEqualTo(model().id());
  }

  private static Map<String, byte[]> entries(byte[] file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  @Test
  void theFileIsWhatDl4jWritesAndADescription() throws IOException {
    FlowModel model = model();
    model.network().fit(new DataSet(Nd4j.ones(2, 16), Nd4j.zeros(2, 1)));
    ByteArrayOutputStream dl4j = new ByteArrayOutputStream();
    ModelSerializer.writeModel(model.network(), dl4j, true);
    Map<String, byte[]> expected = entries(dl4j.toByteArray());
    Map<String, byte[]> found = entries(model.bytes());
    assertThat(found.remove("rgflow.json")).isNotEmpty();
    assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet()).hasSize(3);
    expected.forEach((name, bytes) -> assertThat(found.get(name)).isEqualTo(bytes));
  }

  @Test
  void standardisedValuesComeBackAndOlderReadersRefuseThem() throws IOException {
    Standardisation affine = new Standardisation(new double[] {-2.5}, new double[] {1e-3});
    FlowModel model = new FlowModel(model().network(), new ValueTransform(affine));
    assertThat(load(model.bytes()).transform())
        .usingRecursiveComparison()
        .isEqualTo(model.transform());
    assertThat(entries(model.bytes()).get("rgflow.json")).asString(UTF_8).contains("\"format\":3");
    assertThat(entries(model().bytes()).get("rgflow.json"))
        .asString(UTF_8)
        .contains("\"format\":2");
    assertThat(model.id()).isNotEqualTo(model().id());
    assertThat(WeightArrays.of(model)).containsKeys("values.mean", "values.deviation");
    assertThat(WeightArrays.of(model()).keySet()).noneMatch(name -> name.startsWith("values"));
  }

  private static FlowModel withPixels(String json) throws IOException {
    String text = "{\"format\":1,\"rounds\":5,\"pixels\":" + json + "}";
    return load(with(model().bytes(), "rgflow.json", text.getBytes(UTF_8)));
  }

  @Test
  void aTransformOfTheFirstFormatHasOneNormalOfAllValues() throws IOException {
    PixelCounts counts = new PixelCounts(1);
    counts.add(new byte[100]);
    FlowModel old =
        withPixels("{\"alpha\":1e-6,\"counts\":" + Arrays.toString(counts.values()) + "}");
    assertThat(old.transform())
        .usingRecursiveComparison()
        .isEqualTo(new GaussianTransform(1e-6, 1, 0.002, counts));
    assertThat(load(old.bytes()).transform()).usingRecursiveComparison().isEqualTo(old.transform());
  }

  @Test
  void whereNoTailIsToldItIsTheConstantOfThatTime() throws IOException {
    PixelCounts counts = new PixelCounts(1);
    counts.add(new byte[100]);
    FlowModel old =
        withPixels(
            "{\"alpha\":1e-6,\"atom\":0.6,\"counts\":" + Arrays.toString(counts.values()) + "}");
    assertThat(old.transform())
        .usingRecursiveComparison()
        .isEqualTo(new GaussianTransform(1e-6, 0.6, 0.002, counts));
  }

  /** What a stranger's file might hold: its code would run when it is read. */
  private static final class Trap implements Serializable {
    private static final long serialVersionUID = 1L;
    private static boolean sprung;

    private void readObject(ObjectInputStream in) {
      sprung = true;
    }
  }

  @Test
  void noJavaObjectOfAFileIsEverDeserialised() throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(object)) {
      out.writeObject(new Trap());
    }
    byte[] file = with(model().bytes(), "preprocessor.bin", object.toByteArray());
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "it.zip: holds preprocessor.bin; allowed: [coefficients.bin, configuration.json,"
                + " rgflow.json, updaterState.bin]");
    assertThat(Trap.sprung).isFalse();
  }

  @Test
  void anEntryThatUnpacksBeyondItsSizeIsRefused() throws IOException {
    byte[] file = with(model().bytes(), "configuration.json", new byte[(1 << 20) + 1]);
    assertThat(file).hasSizeLessThan(100_000);
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(DataException.class)
        .hasMessage("it.zip: configuration.json has more than 1048576 bytes");
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    assertThatThrownBy(() -> load(new byte[] {1, 2, 3}))
        .isInstanceOf(DataException.class)
        .hasMessage("it.zip: not an rgflow model: no entry rgflow.json");
    byte[] file = with(model().bytes(), "configuration.json", new byte[0]);
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("it.zip: not an rgflow model, or damaged (");
  }

  @Test
  void anArrayBeforeTheConfigurationIsRefused() throws IOException {
    Map<String, byte[]> sorted = new TreeMap<>(entries(model().bytes()));
    assertThatThrownBy(() -> load(zip(sorted)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "it.zip: not an rgflow model: no entry configuration.json before coefficients.bin");
  }

  @Test
  void anArrayOfAnotherLengthThanTheConfigurationsIsRefusedBeforeThereIsRoomForIt()
      throws IOException {
    FlowModel model = model();
    long length = model.network().params().length();
    for (String entry : List.of("coefficients.bin", "updaterState.bin")) {
      byte[] array = entries(model.bytes()).get(entry);
      ByteBuffer.wrap(array).putLong(lengthAt(array), 1L << 40);
      byte[] file = with(model.bytes(), entry, array);
      assertThatThrownBy(() -> load(file))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "it.zip: %s has %d numbers, the configuration asks for %d",
              entry, 1L << 40, entry.startsWith("c") ? length : 2 * length);
    }
  }

  @Test
  void aConfigurationThatAsksForMoreThanAnyMemoryIsRefused() throws IOException {
    String small = new String(entries(model().bytes()).get("configuration.json"), UTF_8);
    String large =
        small
            .replaceFirst("\"hidden\" : [^]]*]", "\"hidden\" : [ 4096, 4096 ]")
            .replaceFirst("\"hyper\" : [0-9]+", "\"hyper\" : 3");
    byte[] file = with(model().bytes(), "configuration.json", large.getBytes(UTF_8));
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            "it.zip: coefficients.bin of [0-9]{10} numbers; allowed: at most 1073741824");
  }

  /** Where an array's length stands: after the second of the names of ways to allocate. */
  private static int lengthAt(byte[] array) {
    String text = new String(array, StandardCharsets.ISO_8859_1);
    String way = "MIXED_DATA_TYPES";
    return text.indexOf(way, text.indexOf(way) + 1) + way.length();
  }

  @Test
  void aStorageThatFailsIsNoDamage() {
    byte[] file = model().bytes();
    InputStream failing =
        new SequenceInputStream(
            new ByteArrayInputStream(file, 0, file.length / 2),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("connection reset");
              }
            });
    assertThatThrownBy(() -> FlowModel.load("it.zip", failing))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("it.zip: could not be read")
        .hasRootCauseMessage("connection reset");
    assertThatThrownBy(() -> load(Arrays.copyOf(file, file.length / 2)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("it.zip: not an rgflow model, or damaged (");
  }
}
