package org.rgflow.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4jBackend;
import org.rgflow.data.DataException;
import org.rgflow.flow.ode.Outcome;
import org.rgflow.flow.ode.SolveException;

class FailureTest {
  private final StringWriter err = new StringWriter();

  private int report(Throwable failure, boolean stacktrace) {
    return Failure.report(failure, new PrintWriter(err), stacktrace);
  }

  @Test
  void aTasksErrorIsShownAsItself() {
    DataException cause = new DataException("a.png: shape 1x8x8; allowed: 1x28x28");
    assertThat(report(new SparkException("Job aborted\nstack\nstack", cause), false)).isEqualTo(2);
    assertThat(err).hasToString("rgflow: a.png: shape 1x8x8; allowed: 1x28x28" + nl());
  }

  @Test
  void aMachineWithoutWhatTheBackendNeedsIsOneLine() {
    Throwable none = new Nd4jBackend.NoAvailableBackendException("see the website");
    assertThat(report(new ExceptionInInitializerError(new RuntimeException(none)), false))
        .isEqualTo(2);
    assertThat(err.toString())
        .startsWith("rgflow: ND4J has no backend that runs here: a jar built by -Pcuda needs")
        .hasLineCount(1);
  }

  @Test
  void resultsThatAreTooMuchForTheDriverAreOneLine() {
    SparkException cause =
        new SparkException(
            "Job aborted due to stage failure: Total size of serialized results of 9 tasks (1 GiB) is"
                + " bigger than spark.driver.maxResultSize (1024.0 MiB)\nstack");
    assertThat(report(new RuntimeException(cause), false)).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("rgflow: more was asked for than spark.driver.maxResultSize lets tasks send")
        .hasLineCount(1);
  }

  @Test
  void aSolveThatFailedIsStatusOne() {
    SolveException cause = new SolveException(Outcome.NON_FINITE, 2, 0.5, 1);
    assertThat(report(new RuntimeException(cause), false)).isEqualTo(1);
    assertThat(err.toString()).startsWith("rgflow: level 2, t = 0.5, stage 1: a value was not");
  }

  @Test
  void aFileThatCannotBeWrittenIsNamedWithTheReason() {
    IOException reason = new IOException("Permission denied");
    assertThat(report(new UncheckedIOException("/run/x: could not be written", reason), false))
        .isEqualTo(2);
    assertThat(err).hasToString("rgflow: /run/x: could not be written (Permission denied)" + nl());
  }

  @Test
  void aStorageThatDoesNotAnswerMayBeAskedAgain() {
    ConnectException refused = new ConnectException("Connection refused");
    for (Throwable outage :
        List.of(
            new DataException("hdfs://host/x: cannot be reached: no answer", refused),
            new UncheckedIOException("s3a://b/x: could not be read", refused),
            new UncheckedIOException(
                "hdfs://host/x: could not be written",
                new RemoteException(StandbyException.class.getName(), "not active")),
            new UncheckedIOException(
                "hdfs://host/x: could not be written",
                new RemoteException(
                    IOException.class.getName(),
                    "File /x could only be written to 0 of the 1 minReplication nodes.")),
            new UncheckedIOException(
                "hdfs://host/x: could not be read",
                new IOException("Could not obtain block: BP-1:blk_2 file=/x")))) {
      assertThat(report(outage, false)).isEqualTo(1);
    }
    assertThat(err.toString()).hasLineCount(5).contains("rgflow: s3a://b/x: could not be read (");
    IOException denied = new AccessDeniedException("s3a://b/x", null, "403");
    assertThat(report(new UncheckedIOException("s3a://b/x: could not be read", denied), false))
        .isEqualTo(2);
  }

  @Test
  void anEndOfSparkIsSaidPlainly() {
    for (Exception stopped :
        List.of(
            new SparkException("Job 7 cancelled because SparkContext was shut down"),
            new IllegalStateException("SparkContext has been shutdown"),
            new IllegalStateException("Cannot call methods on a stopped SparkContext.\nIt was"))) {
      assertThat(report(stopped, false)).isEqualTo(1);
    }
    String line = "rgflow: Spark ended before the work was done; its lines above say why" + nl();
    assertThat(err).hasToString(line.repeat(3));
  }

  @Test
  void aHeapThatIsFullIsNamedWithItsSize() {
    assertThat(report(new OutOfMemoryError("Java heap space"), false)).isEqualTo(1);
    assertThat(err.toString())
        .matches(
            "rgflow: the driver is out of memory .Java heap space.: raise --driver-memory, now"
                + " [0-9]+ MiB\\R");
  }

  @Test
  void theMemoryOfATaskIsNotTheDrivers() {
    Throwable inTask = new SparkException("Job aborted", new OutOfMemoryError("Java heap space"));
    assertThat(report(inTask, false)).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("rgflow: a task is out of memory (Java heap space): raise --executor-memory")
        .hasLineCount(1);
  }

  @Test
  void aHostThatIsNotThereIsNamed() {
    Throwable unknown = new IllegalArgumentException(new UnknownHostException("nohost"));
    unknown.setStackTrace(new StackTraceElement[0]); // of Hadoop's client, and not ours
    assertThat(report(unknown, false)).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "rgflow: no such host (nohost); allowed: an address that the name service of this"
                + " machine knows"
                + nl());
  }

  @Test
  void anErrorWithoutAMessageIsNamedByItsKind() {
    assertThat(report(new UncheckedIOException("x: could not be read", new EOFException()), false))
        .isEqualTo(2);
    assertThat(err).hasToString("rgflow: x: could not be read (EOFException)" + nl());
  }

  @Test
  void anUnexpectedErrorSaysWhereItsStackTraceIs() throws IOException {
    assertThat(report(new IllegalStateException("broken"), false)).isEqualTo(1);
    String line = err.toString().strip();
    assertThat(line)
        .matches("rgflow: unexpected java.lang.IllegalStateException: broken .stack trace: .*[)]");
    Path trace = Path.of(line.substring(line.lastIndexOf(' ') + 1, line.length() - 1));
    assertThat(Files.readString(trace)).contains("at " + FailureTest.class.getName());
    Files.delete(trace);
  }

  @Test
  void theStackTraceIsPrintedWhenAskedFor() {
    report(new DataException("bad"), true);
    assertThat(err.toString())
        .contains("at " + FailureTest.class.getName())
        .endsWith("rgflow: bad" + nl());
  }

  private static String nl() {
    return System.lineSeparator();
  }
}
