package org.rgflow.spark.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process of a machine.
 *
 * @param host name of the machine
 * @param space in which its number means something, such as a container's; empty if not known
 * @param process its number there
 * @param started when it was, in milliseconds since 1970; 0 if not known
 */
record Owner(String host, String space, long process, long started) {
  /** This process. */
  static Owner here() {
    ProcessHandle self = ProcessHandle.current();
    return new Owner(thisHost(), thisSpace(), self.pid(), startOf(self));
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Linux's name of the processes' numbers that this one sees. */
  private static String thisSpace() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Whether it has ended, which only a process of the same machine can know. */
  boolean isGone() {
    if (space.isEmpty() || !space.equals(thisSpace()) || !host.equals(thisHost())) {
      return false;
    }
    Optional<ProcessHandle> found = ProcessHandle.of(process);
    return found.isEmpty() || !found.get().isAlive() || startOf(found.get()) != started;
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
