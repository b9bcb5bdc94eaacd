package org.rgflow.spark.lease;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process of a machine.
 *
 * @param host name of the machine
 * @param space in which its number means something: a container's, of one start of a machine; empty
 *     if not known
 * @param process its number there
 * @param started when it was, in the clock ticks of that machine, which nobody sets; 0 if not known
 */
record Owner(String host, String space, long process, long started) {
  /** This process. */
  static Owner here() {
    return ofThisHost(ProcessHandle.current().pid());
  }

  /** One whose number this process knows. */
  static Owner ofThisHost(long process) {
    long started = accountOf(process).map(Account::started).orElse(0L);
    return new Owner(thisHost(), thisSpace(), process, started);
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Linux's names of the machine's start and of the processes' numbers that this one sees. */
  private static String thisSpace() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  /** What Linux tells of a process. */
  private record Account(char state, long started) {
    /** A process that was killed keeps its number until its parent has asked how it ended. */
    private static final String ENDED = "ZX";

    boolean isOfTheLiving() {
      return ENDED.indexOf(state) < 0;
    }
  }

  /** Fields 3 and 22; the second, the process's name, may hold anything. */
  private static Optional<Account> accountOf(long process) {
    try {
      String account = Files.readString(accountFile(process));
      String[] fromThird = account.substring(account.lastIndexOf(')') + 2).split(" ");
      return Optional.of(new Account(fromThird[0].charAt(0), Long.parseLong(fromThird[22 - 3])));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Path accountFile(long process) {
    return Path.of("/proc/" + process + "/stat");
  }

  /** Whether it has ended, which only a process of the same machine can know. */
  boolean isGone() {
    return isVisible() && !isRunning();
  }

  /** Whether it runs, as far as a process of this machine can know. */
  boolean isSeenAlive() {
    return isVisible() && isRunning();
  }

  private boolean isVisible() {
    return !space.isEmpty()
        && space.equals(thisSpace())
        && host.equals(thisHost())
        && seesOthersProcesses();
  }

  /** Not where /proc is mounted to hide them (hidepid), which shows in the first of all. */
  private static boolean seesOthersProcesses() {
    return Files.isReadable(accountFile(1));
  }

  private boolean isRunning() {
    return accountOf(process)
        .filter(account -> account.started() == started && account.isOfTheLiving())
        .isPresent();
  }

  String words() {
    return "process " + process + " of " + host;
  }

  void putTo(ObjectNode json) {
    json.put("host", host);
    json.put("space", space);
    json.put("process", process);
    json.put("started", started);
  }

  static Owner of(JsonNode json) {
    return new Owner(
        json.path("host").asText(),
        json.path("space").asText(),
        json.path("process").asLong(),
        json.path("started").asLong());
  }
}
