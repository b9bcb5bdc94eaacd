package org.rgflow.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** An S3 server that asks for credentials, s3proxy over a folder, as its own process. */
final class S3Server implements AutoCloseable {
  private static final String KEY = "local-id";
  private static final String SECRET = "local-secret-that-nobody-may-print";

  private final Path folder;
  private final int port = FreePorts.next();
  private ChildProcess server;

  private S3Server(Path folder) {
    this.folder = folder;
  }

  /** Starts it with one empty bucket. */
  static S3Server start(Path folder) {
    S3Server s3 = new S3Server(folder);
    s3.configure();
    s3.start();
    return s3;
  }

  private void configure() {
    try {
      Files.createDirectories(folder.resolve("buckets/bucket"));
      Files.writeString(
          folder.resolve("s3proxy.conf"),
          String.join(
              "\n",
              "s3proxy.endpoint=http://127.0.0.1:" + port,
              "s3proxy.authorization=aws-v2-or-v4",
              "s3proxy.identity=" + KEY,
              "s3proxy.credential=" + SECRET,
              "jclouds.provider=filesystem-nio2",
              "jclouds.identity=unused",
              "jclouds.credential=unused",
              "jclouds.filesystem.basedir=" + folder.resolve("buckets")));
      Files.writeString(
          folder.resolve("logback.xml"), "<configuration><root level=\"warn\"/></configuration>\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, for the first time or after {@link #kill()}. */
  void start() {
    server =
        ChildProcess.start(
            "s3proxy",
            folder,
            Map.of("JAVA_TOOL_OPTIONS", "-Dlogback.configurationFile=logback.xml"),
            Built.java(Built.s3proxy(), "org.gaul.s3proxy.Main", "--properties", "s3proxy.conf"));
    server.await("its port", () -> FreePorts.isTaken(port));
  }

  /** SIGKILL. */
  void kill() {
    server.close();
  }

  /** What must not be in any output or file. */
  String secret() {
    return SECRET;
  }

  /** Where it listens. */
  int port() {
    return port;
  }

  /** Where its users find it. */
  Map<String, String> clientSettings() {
    return clientSettings(port);
  }

  /** The same for those who come by another port. */
  static Map<String, String> clientSettings(int port) {
    return Map.of(
        "fs.s3a.endpoint",
        "http://127.0.0.1:" + port,
        "fs.s3a.endpoint.region",
        "us-east-1",
        "fs.s3a.path.style.access",
        "true",
        "fs.s3a.connection.ssl.enabled",
        "false");
  }

  /** The bucket. */
  Place place() {
    Map<String, String> settings = new HashMap<>(clientSettings());
    settings.put("fs.s3a.access.key", KEY);
    settings.put("fs.s3a.secret.key", SECRET);
    settings.put(
        "fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider");
    return new Place("s3a://bucket", settings);
  }

  /** Credentials, as most users give them. */
  Map<String, String> environment() {
    return Map.of("AWS_ACCESS_KEY_ID", KEY, "AWS_SECRET_ACCESS_KEY", SECRET);
  }

  @Override
  public void close() {
    server.close();
  }
}
