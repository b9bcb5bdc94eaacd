package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.network.util.JavaUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is in {@code deploy/}, and the launcher, as far as a machine without clusters can tell. */
class DeployTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path DEPLOY = ROOT.resolve("deploy");
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir private Path folder;

  private Ended run(Map<String, String> environment, List<String> command) throws Exception {
    return Ended.run(folder.resolve("out"), environment, command);
  }

  private void script(String name, String line) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** A Spark whose spark-submit prints its arguments, one to a line. */
  private Path recordingSpark() throws IOException {
    script("spark/bin/spark-submit", "printf '%s\\n' \"$@\"");
    return folder.resolve("spark");
  }

  private Ended submit(Map<String, String> settings, String... arguments) throws Exception {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("SPARK_HOME", recordingSpark().toString());
    environment.putIfAbsent("RGFLOW_JAR", "/opt/rgflow/rgflow-runtime.jar");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    List<String> command = new ArrayList<>(List.of(DEPLOY.resolve("submit").toString()));
    command.addAll(List.of(arguments));
    return run(environment, command);
  }

  @ParameterizedTest
  @CsvSource({
    "standalone, spark://host:7077, --master|spark://host:7077",
    "yarn-client, '', --master|yarn|--deploy-mode|client|--num-executors|2",
    "yarn-cluster, '', --master|yarn|--deploy-mode|cluster|--num-executors|2",
    "kubernetes, k8s://https://host:6443, --master|k8s://https://host:6443|--deploy-mode|cluster"
  })
  void everyTargetGivesSparkItsOptionsAndRgflowItsArguments(
      String target, String master, String expected) throws Exception {
    Ended ended =
        submit(
            Map.of("RGFLOW_MASTER", master, "RGFLOW_IMAGE", "image:1", "RGFLOW_MEMORY", "16"),
            target,
            "--conf",
            "a=b c",
            "retrain",
            "--name",
            "two words");
    assertThat(ended.status()).as(ended.out()).isZero();
    assertThat(ended.out())
        .contains(expected.replace('|', '\n') + "\n")
        .doesNotContain("--properties-file")
        .contains("--conf\nspark.executor.memory=4g\n")
        .contains(
            "-Dorg.bytedeco.javacpp.maxbytes=10g -Dorg.bytedeco.javacpp.maxphysicalbytes=15g\n")
        .contains("--class\norg.rgflow.cli.RgFlow\n", "--conf\na=b c\n")
        .endsWith("/opt/rgflow/rgflow-runtime.jar\nretrain\n--name\ntwo words\n");
  }

  @ParameterizedTest
  @CsvSource({
    "yarn-cluster, '', '', '', 4g, 5888",
    "kubernetes, k8s://https://host, 2g, '', 2g, 3840",
    "yarn-cluster, '', 2g, --driver-memory|8g, 8g, 9984",
    "yarn-cluster, '', '', --driver-memory=3000M, 3000M, 4792",
    "kubernetes, k8s://https://host, '', --conf|spark.driver.memory=5g, 5g, 6912"
  })
  void aDriverInTheClusterHasRoomBesideItsHeap(
      String target, String master, String given, String option, String heap, long resident)
      throws Exception {
    Map<String, String> settings =
        Map.of("RGFLOW_MASTER", master, "RGFLOW_IMAGE", "image:1", "SPARK_DRIVER_MEMORY", given);
    String options =
        "-Dorg.bytedeco.javacpp.maxbytes=1536m"
            + " -Dorg.bytedeco.javacpp.maxphysicalbytes="
            + resident
            + "m";
    List<String> words = new ArrayList<>(List.of(target));
    Stream.of(option.split("\\|")).filter(word -> !word.isEmpty()).forEach(words::add);
    words.addAll(List.of("--conf", "spark.driver.extraJavaOptions=-Dmine", "score"));
    assertThat(submit(settings, words.toArray(String[]::new)).out())
        .contains(
            "spark.driver.memory=" + heap + "\n",
            "spark.driver.memoryOverhead=2g\n",
            "spark.driver.extraJavaOptions=" + options + "\n")
        // of several Spark takes the last
        .containsSubsequence(options, "spark.driver.extraJavaOptions=-Dmine");
    requireDriverSum(heap, "2g", options);
  }

  /** As doctor asks: half a GiB beside heap and buffers, and an error before the container. */
  private static void requireDriverSum(String memory, String overhead, String options) {
    long heap = JavaUtils.byteStringAsMb(memory);
    long container = heap + JavaUtils.byteStringAsMb(overhead);
    long buffers = mebibytes(options, "maxbytes");
    assertThat(heap + buffers + 512).isLessThanOrEqualTo(container);
    assertThat(mebibytes(options, "maxphysicalbytes")).isBetween(heap + buffers, container - 1);
  }

  @Test
  void aDriverOutsideOfTheClusterIsNotLimited() throws Exception {
    assertThat(submit(Map.of(), "yarn-client", "score").out()).doesNotContain("spark.driver.");
    assertRefused(
        "the driver's memory must be in m or g, such as 4g, was 1t",
        Map.of(),
        "yarn-cluster",
        "--driver-memory",
        "1t",
        "score");
  }

  @Test
  void sparksOptionsComeInBothFormsAndTheRestIsRgflows() throws Exception {
    assertThat(
            submit(
                    Map.of(),
                    "yarn-client",
                    "--conf=a=b=c",
                    "--verbose",
                    "--principal",
                    "me",
                    "--keytab=k",
                    "score",
                    "--name=x",
                    "--verbose")
                .out())
        .contains("\n--conf\na=b=c\n--verbose\n--principal\nme\n--keytab\nk\n")
        .endsWith("/opt/rgflow/rgflow-runtime.jar\nscore\n--name=x\n--verbose\n");
  }

  @ParameterizedTest
  @CsvSource({
    "kubernetes, k8s://https://host, /opt/rgflow/discover-gpus",
    "standalone, spark://host:7077, /opt/rgflow/deploy/cuda/discover-gpus",
    "yarn-client, '', /opt/rgflow/deploy/cuda/discover-gpus"
  })
  void gpusAreFoundByTheScriptWhereTheTargetHasIt(String target, String master, String script)
      throws Exception {
    String printed =
        submit(
                Map.of("RGFLOW_MASTER", master, "RGFLOW_IMAGE", "image:1", "RGFLOW_MEMORY", "gpu"),
                target,
                "score")
            .out();
    List<String> scripts =
        printed.lines().filter(line -> line.contains(".gpu.discoveryScript=")).toList();
    // of several Spark takes the last
    assertThat(scripts).last().asString().endsWith("=" + script);
  }

  @ParameterizedTest
  @CsvSource({
    "'2,1', '\"0\", \"1\"'",
    "'1,7,0', '\"0\"'",
    "'GPU-ab,1', '\"0\", \"1\"'",
    "-1, ''",
    "'', ''"
  })
  void ofTheGpusThoseAreOfferedThatCudaShowsByItsOwnNumbers(String visible, String addresses)
      throws Exception {
    script("bin/nvidia-smi", "printf '0\\n1\\n2\\n'");
    Ended ended =
        run(
            Map.of(
                "PATH",
                folder.resolve("bin") + ":" + System.getenv("PATH"),
                "CUDA_VISIBLE_DEVICES",
                visible),
            List.of(DEPLOY.resolve("cuda/discover-gpus").toString()));
    assertThat(ended.out()).isEqualTo("{\"name\": \"gpu\", \"addresses\": [" + addresses + "]}\n");
    assertThat(ended.status()).isZero();
  }

  @Test
  void aJarThatIsOlderThanTheSourcesIsALine() throws Exception {
    Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("rgflow");
    Files.copy(ROOT.resolve("bin/rgflow"), launcher);
    Path source = Files.createDirectories(folder.resolve("modules/cli/src/main")).resolve("A.java");
    Files.writeString(source, "");
    Path jar = Files.createDirectories(folder.resolve("modules/runtime/target"));
    jar = Files.writeString(jar.resolve("rgflow-runtime.jar"), "");
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "SPARK_HOME",
                recordingSpark().toString(),
                "JAVA_HOME",
                System.getProperty("java.home")));
    List<String> command = List.of("bash", launcher.toString(), "score");
    Files.setLastModifiedTime(source, FileTime.fromMillis(2_000_000));
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));
    String line = "rgflow: modules/cli/src/main/A.java is newer than the jar that runs; ";
    assertThat(run(settings, command).out())
        .contains(line + "to build it anew: mvn -q -B -DskipTests -pl modules/runtime")
        .endsWith(jar + "\nscore\n");
    settings.put("RGFLOW_JAR", jar.toString());
    assertThat(run(settings, command).out()).doesNotContain("newer");
    settings.remove("RGFLOW_JAR");
    Files.setLastModifiedTime(jar, FileTime.fromMillis(3_000_000));
    assertThat(run(settings, command).out()).doesNotContain("newer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--conf foo | --conf must be key=value, was foo",
        "--conf =5 | --conf must be key=value, was =5",
        "--conf | --conf needs a value",
        "--master foo | --master must be local, local[CORES], local[*], yarn, spark://HOST:PORT or"
            + " k8s://URL, was foo",
        "--master=local[x] | --master must be local, local[CORES], local[*], yarn,"
            + " spark://HOST:PORT or k8s://URL, was local[x]",
        "--conf spark.master=spark:/host | spark.master must be local, local[CORES], local[*],"
            + " yarn, spark://HOST:PORT or k8s://URL, was spark:/host",
        "--deploy-mode remote | --deploy-mode must be client or cluster, was remote",
        "--driver-memory much | --driver-memory must be a size such as 8g, was much",
        "--executor-cores all | --executor-cores must be a number, was all",
        "--properties-file no.conf | --properties-file must be a file that can be read, was no.conf"
      })
  void anOptionOfSparkThatSparkWouldEndOnIsALine(String options, String message) throws Exception {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("bin/rgflow").toString()));
    command.addAll(List.of(options.split(" ")));
    Ended ended = run(Map.of(), command);
    assertThat(ended.out()).isEqualTo("rgflow: " + message + "\n");
    assertThat(ended.status()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local",
        "local[2]",
        "local[*]",
        "local[2, 3]",
        "local-cluster[2,1,1024]",
        "yarn",
        "spark://a:7077,b:7077",
        "k8s://https://host:6443"
      })
  void aMasterThatSparkKnowsIsHandedOn(String master) throws Exception {
    Map<String, String> settings =
        Map.of(
            "SPARK_HOME",
            recordingSpark().toString(),
            "RGFLOW_JAR",
            "/opt/rgflow/rgflow-runtime.jar",
            "JAVA_HOME",
            System.getProperty("java.home"));
    List<String> command =
        List.of(
            ROOT.resolve("bin/rgflow").toString(),
            "--master=" + master,
            "--conf=spark.rgflow.train.start=a=b",
            "--executor-memory=512m",
            "score");
    assertThat(run(settings, command).out())
        .contains(
            "--master\n" + master + "\n--conf\nspark.rgflow.train.start=a=b\n--executor-memory\n");
  }

  @Test
  void aJavaOnWhichHadoopEndsIsALine() throws Exception {
    script("jdk/bin/java", "echo 'openjdk version \"23.0.1\" 2024-10-15' >&2");
    Ended ended =
        run(
            Map.of("JAVA_HOME", folder.resolve("jdk").toString()),
            List.of(ROOT.resolve("bin/rgflow").toString(), "score"));
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.out())
        .hasLineCount(1)
        .contains("needs Java 17 to 22, and ", "is Java 23: set JAVA_HOME");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "3, 0", "4, 0", "1, 1", "6, 6"})
  void cronMailsWhatSomebodyShouldSee(int status, int seen) throws Exception {
    assumeTrue(isInstalled("flock"), "flock is not installed");
    script("spark/bin/spark-submit", "echo \"$AWS_ACCESS_KEY_ID\" \"$@\"; exit " + status);
    script("bin/logger", "cat >" + folder.resolve("log"));
    Path settings = folder.resolve("environment");
    Files.writeString(settings, "AWS_ACCESS_KEY_ID='a key'\nRGFLOW_MASTER=spark://host:7077\n");
    Ended ended =
        run(
            Map.of(
                "PATH", folder.resolve("bin") + ":" + System.getenv("PATH"),
                "HOME", folder.toString(),
                "SPARK_HOME", folder.resolve("spark").toString(),
                "JAVA_HOME", System.getProperty("java.home"),
                "RGFLOW_JAR", "/opt/rgflow/rgflow-runtime.jar",
                "RGFLOW_ENVIRONMENT", settings.toString()),
            List.of(
                DEPLOY.resolve("cron/nightly").toString(),
                "standalone",
                "retrain",
                "--config",
                "retrain.yaml"));
    assertThat(ended.status()).as(ended.out()).isEqualTo(seen);
    assertThat(ended.out().lines().toList()).hasSize(seen == 0 ? 0 : 1);
    assertThat(folder.resolve("log"))
        .content()
        .contains("a key ", "--master spark://host:7077 ")
        .containsPattern("retrain --config retrain.yaml --date \\d{4}-\\d\\d-\\d\\d --quiet");
  }

  @Test
  void onKubernetesDriverAndExecutorsGetTheSecretUnlessThereIsNone() throws Exception {
    Map<String, String> needed =
        Map.of("RGFLOW_MASTER", "k8s://https://host", "RGFLOW_IMAGE", "image:1");
    assertThat(submit(needed, "kubernetes", "score").out())
        .contains(
            "spark.kubernetes.driver.secretKeyRef.AWS_ACCESS_KEY_ID=rgflow-storage:AWS_ACCESS_KEY_ID",
            "spark.kubernetes.executor.secretKeyRef.AWS_SECRET_ACCESS_KEY=rgflow-storage:AWS_SECRET");
    Map<String, String> none = new HashMap<>(needed);
    none.put("RGFLOW_SECRET", "");
    assertThat(submit(none, "kubernetes", "score").out()).doesNotContain("secretKeyRef");
  }

  @Test
  void onKubernetesPodsAreMadeOfATemplateThatIsThere() throws Exception {
    Map<String, String> settings =
        Map.of("RGFLOW_MASTER", "k8s://https://host", "RGFLOW_IMAGE", "image:1");
    Path template = DEPLOY.resolve("kubernetes/pod.yaml");
    assertThat(template).isRegularFile();
    assertThat(submit(settings, "kubernetes", "score").out())
        .contains(
            "spark.kubernetes.driver.podTemplateFile=" + template + "\n",
            "spark.kubernetes.executor.podTemplateFile=" + template + "\n");
  }

  @Test
  void whatATargetLacksIsOneLine() throws Exception {
    Map<String, String> none = Map.of();
    assertRefused("RGFLOW_MASTER must be spark://host:port, was none", none, "standalone", "x");
    assertRefused(
        "RGFLOW_MEMORY must be 4, 16, 64 or gpu, was 5", Map.of("RGFLOW_MEMORY", "5"), "x", "y");
    assertRefused(
        "RGFLOW_CORES must be 1 on a GPU, was 4",
        Map.of("RGFLOW_MEMORY", "gpu", "RGFLOW_CORES", "4"),
        "yarn-client",
        "retrain");
    assertRefused("was mesos", none, "mesos", "retrain");
    assertRefused("a target and a command must be given", none);
    assertRefused(
        "RGFLOW_IMAGE must be given",
        Map.of("RGFLOW_MASTER", "k8s://https://host"),
        "kubernetes",
        "retrain");
  }

  private void assertRefused(String why, Map<String, String> settings, String... arguments)
      throws Exception {
    Ended ended = submit(settings, arguments);
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.out()).contains(why).hasLineCount(1);
  }

  private static Properties memory(int gibibytes) throws IOException {
    return properties("memory/executor-" + gibibytes + "g.conf");
  }

  private static Properties properties(String file) throws IOException {
    Properties memory = new Properties();
    try (Reader in = Files.newBufferedReader(DEPLOY.resolve(file))) {
      memory.load(in);
    }
    return memory;
  }

  private static long mebibytes(String options, String name) {
    String value = options.replaceAll(".*-Dorg\\.bytedeco\\.javacpp\\." + name + "=(\\S+).*", "$1");
    return JavaUtils.byteStringAsMb(value);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 16, 64})
  void anExecutorsMemoryAddsUp(int gibibytes) throws IOException {
    requireSum(memory(gibibytes), gibibytes);
  }

  @Test
  void theMemoryOfAnExecutorWithAGpuAddsUp() throws IOException {
    requireSum(properties("cuda/executor-gpu.conf"), 12);
  }

  private static void requireSum(Properties memory, int gibibytes) {
    long heap = JavaUtils.byteStringAsMb(memory.getProperty("spark.executor.memory"));
    long beside = JavaUtils.byteStringAsMb(memory.getProperty("spark.executor.memoryOverhead"));
    String options = memory.getProperty("spark.executor.extraJavaOptions");
    assertThat(heap + beside).isEqualTo(gibibytes * 1024L);
    // beside ND4J's buffers are threads, class data and Spark's own buffers
    assertThat(mebibytes(options, "maxbytes")).isLessThanOrEqualTo(beside - 1024);
    assertThat(mebibytes(options, "maxphysicalbytes"))
        .isBetween(heap + mebibytes(options, "maxbytes"), gibibytes * 1024L - 1);
  }

  private static List<Path> applications() {
    return List.of(
        DEPLOY.resolve("kubernetes/scheduled-spark-application.yaml"),
        DEPLOY.resolve("airflow/spark-application.yaml"));
  }

  private static JsonSchema schema() throws IOException {
    try (InputStream in = DeployTest.class.getResourceAsStream("/spark-operator-v1beta2.json")) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(in);
    }
  }

  @Test
  void manifestsHaveTheOperatorsFieldsAndNoOthers() throws IOException {
    for (Path file : applications()) {
      Set<ValidationMessage> wrong = schema().validate(YAML.readTree(file.toFile()));
      assertThat(wrong).as(file.toString()).isEmpty();
    }
    JsonNode misspelt = YAML.readTree(applications().get(0).toFile());
    ((ObjectNode) misspelt.at("/spec/template/executor")).put("core", 4);
    assertThat(schema().validate(misspelt)).hasSize(1);
  }

  @Test
  void manifestsRunACommandThatRgflowTakesInAnExecutorOfAPreset() throws IOException {
    Properties memory = memory(16);
    for (Path file : applications()) {
      JsonNode manifest = YAML.readTree(file.toFile());
      JsonNode spec = manifest.at("/spec/template");
      spec = spec.isMissingNode() ? manifest.path("spec") : spec;
      List<String> arguments = new ArrayList<>();
      spec.path("arguments").forEach(argument -> arguments.add(argument.asText()));
      new CommandLine(new RgFlow()).parseArgs(arguments.toArray(String[]::new));
      assertThat(spec.at("/executor/memory").asText())
          .isEqualTo(memory.getProperty("spark.executor.memory"));
      assertThat(spec.at("/executor/memoryOverhead").asText())
          .isEqualTo(memory.getProperty("spark.executor.memoryOverhead"));
      assertThat(spec.at("/executor/javaOptions").asText())
          .isEqualTo(memory.getProperty("spark.executor.extraJavaOptions"));
      requireDriverSum(
          spec.at("/driver/memory").asText(),
          spec.at("/driver/memoryOverhead").asText(),
          spec.at("/driver/javaOptions").asText());
      JsonNode pod = YAML.readTree(DEPLOY.resolve("kubernetes/pod.yaml").toFile());
      assertThat(pod.at("/spec/containers/0/securityContext/runAsNonRoot").asBoolean()).isTrue();
      for (String side : List.of("driver", "executor")) {
        assertThat(spec.path(side).path("securityContext"))
            .isEqualTo(pod.at("/spec/containers/0/securityContext"));
      }
    }
    assertThat(YAML.readTree(applications().get(0).toFile()).at("/spec/concurrencyPolicy").asText())
        .isEqualTo("Forbid");
  }

  @Test
  void kustomizeFindsItsResources() throws IOException {
    JsonNode kustomization =
        YAML.readTree(DEPLOY.resolve("kubernetes/kustomization.yaml").toFile());
    for (JsonNode resource : kustomization.path("resources")) {
      assertThat(DEPLOY.resolve("kubernetes").resolve(resource.asText())).isRegularFile();
    }
  }

  @Test
  void scriptsPassShellcheck() throws Exception {
    assumeTrue(isInstalled("shellcheck"), "shellcheck is not installed");
    List<String> command =
        Stream.of(
                "shellcheck",
                "deploy/submit",
                "deploy/cron/nightly",
                "deploy/cuda/discover-gpus",
                "deploy/cuda/gpu-check",
                "bin/rgflow",
                "notebooks/jupyter/kernels/rgflow/launch.sh")
            .map(word -> word.contains("/") ? ROOT.resolve(word).toString() : word)
            .toList();
    Ended ended = run(Map.of(), command);
    assertThat(ended.status()).as(ended.out()).isZero();
  }

  /** What the build makes is made after this test. */
  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile", "Dockerfile.cuda"})
  void imagesArePinnedNotOfRootAndCopyWhatTheirContextHas(String name) throws IOException {
    Path file = DEPLOY.resolve("docker/" + name);
    String text = Files.readString(file).replaceAll("\\\\\n", " ");
    List<String> lines = text.lines().filter(line -> !line.startsWith("#")).toList();
    List<String> context = Files.readAllLines(ROOT.resolve(".dockerignore"));
    assertThat(lines).filteredOn(line -> line.startsWith("FROM")).allMatch(DeployTest::isPinned);
    assertThat(lines).filteredOn(line -> line.startsWith("USER")).last().isEqualTo("USER 185");
    for (String line : lines) {
      if (line.startsWith("COPY") && !line.contains("--from")) {
        List<String> words = List.of(line.split("\\s+"));
        for (String source : words.subList(1, words.size() - 1)) {
          assertThat(context).anyMatch(each -> each.startsWith("!") && matches(each, source));
          assertThat(source.contains("/target/") || Files.exists(ROOT.resolve(source)))
              .as(source)
              .isTrue();
        }
      }
    }
  }

  @Test
  void imagesAndManifestsAreOfTheSparkThatTheBuildIsTestedWith() throws IOException {
    String version = org.apache.spark.package$.MODULE$.SPARK_VERSION();
    assertThat(DEPLOY.resolve("docker/Dockerfile"))
        .content()
        .contains("\nFROM apache/spark:" + version + "-scala2.12-java17-ubuntu\n");
    for (String manifest :
        List.of("airflow/spark-application.yaml", "kubernetes/scheduled-spark-application.yaml")) {
      assertThat(DEPLOY.resolve(manifest)).content().contains(" sparkVersion: " + version + "\n");
    }
  }

  private static boolean isPinned(String from) {
    return from.matches("FROM \\S+:\\d\\S*\\d\\S*") || from.equals("FROM ${RGFLOW} AS rgflow");
  }

  private static boolean matches(String kept, String source) {
    return FileSystems.getDefault()
        .getPathMatcher("glob:" + kept.substring(1))
        .matches(Path.of(source));
  }

  @Test
  void theDagIsPython() throws Exception {
    assumeTrue(isInstalled("python3"), "python3 is not installed");
    String dag = DEPLOY.resolve("airflow/rgflow_retrain.py").toString();
    Ended ended =
        run(
            Map.of(),
            List.of("python3", "-c", "compile(open('" + dag + "').read(), 'dag', 'exec')"));
    assertThat(ended.status()).as(ended.out()).isZero();
  }

  @Test
  void systemdKnowsItsUnits() throws Exception {
    assumeTrue(isInstalled("systemd-analyze"), "systemd is not installed");
    Path units = Files.createDirectories(folder.resolve("units"));
    for (String unit : List.of("rgflow-retrain.service", "rgflow-retrain.timer")) {
      Files.copy(DEPLOY.resolve("systemd/" + unit), units.resolve(unit));
    }
    Ended ended =
        run(
            Map.of(),
            List.of("systemd-analyze", "verify", units.resolve("rgflow-retrain.timer") + ""));
    assertThat(ended.out()).doesNotContain("rgflow-retrain");
    assertThat(ended.status()).as(ended.out()).isZero();
  }

  private static boolean isInstalled(String command) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }
}
