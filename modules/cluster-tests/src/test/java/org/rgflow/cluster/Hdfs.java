package org.rgflow.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** HDFS: a NameNode and two DataNodes, a process each. */
final class Hdfs implements AutoCloseable {
  private final Path folder;
  private final int port = FreePorts.next();
  private final int page = FreePorts.next();
  private final List<ChildProcess> dataNodes = new ArrayList<>();
  private ChildProcess nameNode;

  private Hdfs(Path folder) {
    this.folder = folder;
  }

  /** Formats and starts it. */
  static Hdfs start(Path folder) {
    Hdfs hdfs = new Hdfs(folder);
    hdfs.configure();
    ChildProcess format = hdfs.daemon("format", "namenode.NameNode", "-format", "-nonInteractive");
    if (format.status() != 0) {
      throw new AssertionError(format.err());
    }
    hdfs.startNameNode();
    for (int d = 0; d < 2; d++) {
      hdfs.dataNodes.add(
          hdfs.daemon(
              "datanode" + d,
              "datanode.DataNode",
              "-D",
              "dfs.datanode.data.dir=" + folder.resolve("data" + d).toUri(),
              "-D",
              "dfs.datanode.address=127.0.0.1:" + FreePorts.next(),
              "-D",
              "dfs.datanode.ipc.address=127.0.0.1:" + FreePorts.next(),
              "-D",
              "dfs.datanode.http.address=127.0.0.1:" + FreePorts.next()));
    }
    hdfs.nameNode.await("two DataNodes", () -> hdfs.isShown("\"NumLiveDataNodes\" : 2"));
    return hdfs;
  }

  private void configure() {
    Map<String, String> settings = new LinkedHashMap<>(clientSettings());
    settings.put("dfs.namenode.name.dir", folder.resolve("names").toUri().toString());
    settings.put("dfs.namenode.http-address", "127.0.0.1:" + page);
    settings.put("dfs.namenode.rpc-bind-host", "127.0.0.1");
    settings.put("dfs.permissions.enabled", "false");
    settings.put("dfs.namenode.safemode.extension", "0");
    HadoopSettings.write(Map.of("fs.defaultFS", uri()), folder.resolve("conf/core-site.xml"));
    HadoopSettings.write(settings, folder.resolve("conf/hdfs-site.xml"));
  }

  private ChildProcess daemon(String name, String main, String... arguments) {
    return ChildProcess.start(
        name,
        folder,
        Map.of(),
        Built.java(
            folder.resolve("conf") + ":" + Built.hadoop(),
            "org.apache.hadoop.hdfs.server." + main,
            arguments));
  }

  private boolean isShown(String text) {
    return WebPage.text(
            "http://127.0.0.1:" + page + "/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState")
        .contains(text);
  }

  /** Starts the NameNode, for the first time or after {@link #killNameNode()}. */
  void startNameNode() {
    nameNode = daemon("namenode", "namenode.NameNode");
    nameNode.await("its end of safe mode", () -> isShown("\"FSState\" : \"Operational\""));
  }

  /** SIGKILL. */
  void killNameNode() {
    nameNode.close();
  }

  /** SIGKILL to one of the two. */
  void killDataNode() {
    dataNodes.remove(0).close();
  }

  /** The root. */
  String uri() {
    return "hdfs://127.0.0.1:" + port;
  }

  /** What its clients must know. */
  Map<String, String> clientSettings() {
    return Map.of(
        "dfs.replication",
        "2",
        // with two DataNodes there is none to take a dead one's place
        "dfs.client.block.write.replace-datanode-on-failure.policy",
        "NEVER");
  }

  @Override
  public void close() {
    dataNodes.forEach(ChildProcess::close);
    nameNode.close();
  }
}
