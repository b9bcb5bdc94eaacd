package org.rgflow.cli.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.nd4j.linalg.factory.Nd4jBackend;
import org.rgflow.data.DataException;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.spark.lease.LeaseHeldException;
import org.rgflow.spark.train.DivergedException;
import picocli.CommandLine.ExitCode;

/** What an exception becomes on the command line: one line and an exit status. */
public final class Failure {
  private static final Set<String> OUTAGES_OF_S3A =
      Set.of("AWSStatus500Exception", "AWSServiceThrottledException", "AWSNoResponseException");

  private static final Set<String> OUTAGES_OF_HDFS =
      Set.of(
          StandbyException.class.getName(),
          RetriableException.class.getName(),
          // of the server, which clients do not have
          "org.apache.hadoop.hdfs.server.namenode.SafeModeException");

  /** Of HDFS without enough live DataNodes: an IOException of the server, or of its client. */
  private static final Set<String> WORDS_OF_FEW_DATANODES =
      Set.of("could only be written to 0 of", "Could not obtain block", "All datanodes ");

  private Failure() {}

  /** Prints the line and returns the exit status. */
  public static int report(Throwable failure, PrintWriter err, boolean stacktrace) {
    if (stacktrace) {
      failure.printStackTrace(err);
    }
    boolean inTask = false;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      inTask |= e instanceof SparkException;
      Optional<String> known = e instanceof OutOfMemoryError ? memory(e, inTask) : known(e);
      if (known.isPresent()) {
        err.println("rgflow: " + known.get());
        return status(e);
      }
    }
    if (isEndOfSpark(failure)) {
      err.println("rgflow: Spark ended before the work was done; its lines above say why");
      return ExitCode.SOFTWARE;
    }
    err.println("rgflow: unexpected " + firstLine(failure.toString()) + trace(failure, stacktrace));
    return ExitCode.SOFTWARE;
  }

  /** Of a job that ran, or of the next that was asked for. */
  private static boolean isEndOfSpark(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("SparkContext was shut down")
        || message.contains("SparkContext has been shutdown")
        || message.contains("stopped SparkContext");
  }

  private static int status(Throwable e) {
    if (e instanceof LeaseHeldException) {
      return ExitStatus.LEASE_HELD;
    }
    return e instanceof SolveException
            || e instanceof DivergedException
            || e instanceof OutOfMemoryError
            || isOutage(e)
        ? ExitCode.SOFTWARE
        : ExitCode.USAGE;
  }

  /** Of a storage that does not answer, which it may when it is asked again. */
  private static boolean isOutage(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SocketException
          || e instanceof SocketTimeoutException
          || OUTAGES_OF_S3A.contains(e.getClass().getSimpleName())
          || e instanceof RemoteException told && OUTAGES_OF_HDFS.contains(told.getClassName())
          || e instanceof IOException
              && WORDS_OF_FEW_DATANODES.stream().anyMatch(what(e)::contains)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> memory(Throwable e, boolean inTask) {
    return Optional.of(
        inTask
            ? "a task is out of memory ("
                + what(e)
                + "): raise --executor-memory, on a local master --driver-memory, or for memory off"
                + " the heap spark.executor.memoryOverhead with javacpp.maxbytes"
            : "the driver is out of memory ("
                + what(e)
                + "): raise --driver-memory, now "
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB");
  }

  /** Spark wraps what a task threw, so the cause is looked at too. */
  private static Optional<String> known(Throwable e) {
    if (e instanceof NoSuchFileException) {
      return Optional.of(e.getMessage() + ": no such file");
    }
    if (e instanceof UnknownHostException) {
      return Optional.of(
          "no such host ("
              + what(e)
              + "); allowed: an address that the name service of this machine knows");
    }
    if (e instanceof Nd4jBackend.NoAvailableBackendException) {
      return Optional.of(
          "ND4J has no backend that runs here: a jar built by -Pcuda needs an NVIDIA GPU with its"
              + " driver, CUDA 11.6 and cuDNN 8.3; one built without it needs Linux on x86-64 with AVX2");
    }
    if (isOfResultSize(e)) {
      return Optional.of(
          "more was asked for than spark.driver.maxResultSize lets tasks send: ask for less, or raise"
              + " it by --conf, and --driver-memory with it ("
              + what(e)
              + ")");
    }
    if (e instanceof UncheckedIOException) {
      return Optional.of(what(e) + " (" + what(e.getCause()) + ")");
    }
    boolean known =
        e instanceof DataException
            || e instanceof SolveException
            || e instanceof DivergedException
            || e instanceof LeaseHeldException
            || e instanceof IOException
            || e instanceof AnalysisException
            || e instanceof IllegalArgumentException && isOurs(e);
    return known ? Optional.of(what(e)) : OwnEnergy.fault(e);
  }

  private static boolean isOfResultSize(Throwable e) {
    return e instanceof SparkException
        && String.valueOf(e.getMessage()).contains("spark.driver.maxResultSize");
  }

  /** An argument that our own checks refused, or Hadoop's of a path. */
  private static boolean isOurs(Throwable e) {
    StackTraceElement[] frames = e.getStackTrace();
    return frames.length > 0
        && (frames[0].getClassName().startsWith("org.rgflow.")
            || frames[0].getClassName().equals(org.apache.hadoop.fs.Path.class.getName()));
  }

  /** Its message, or else its kind. */
  private static String what(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : firstLine(e.getMessage());
  }

  private static String firstLine(String message) {
    return String.valueOf(message).lines().findFirst().orElse("no message");
  }

  private static String trace(Throwable failure, boolean printed) {
    if (printed) {
      return "";
    }
    try {
      Path file = Files.createTempFile("rgflow-", ".stacktrace");
      try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
        failure.printStackTrace(out);
      }
      return " (stack trace: " + file + ")";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
