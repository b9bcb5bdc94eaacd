package org.rgflow.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A way to an HTTP server that is often busy, and slow: of every so many connections one is told
 * 503, the others are passed on piece by piece with a pause before each, and cut when idle.
 */
final class BusyGate implements AutoCloseable {
  private static final int PIECE = 64 << 10;
  private static final int IDLE_MILLISECONDS = 1_500;
  private static final byte[] BUSY = busy("<Error><Code>SlowDown</Code></Error>");

  private final ServerSocket door;
  private final int server;
  private final int busyOf;
  private final int pause;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger told = new AtomicInteger();

  private BusyGate(ServerSocket door, int server, int busyOf, int pause) {
    this.door = door;
    this.server = server;
    this.busyOf = busyOf;
    this.pause = pause;
  }

  /**
   * Opens it.
   *
   * @param server port of the server behind
   * @param busyOf one connection of so many is told 503
   * @param pause milliseconds before each piece
   */
  static BusyGate open(int server, int busyOf, int pause) {
    try {
      ServerSocket door = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
      BusyGate gate = new BusyGate(door, server, busyOf, pause);
      gate.threads.execute(gate::receive);
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return door.getLocalPort();
  }

  /** Connections told 503 so far. */
  int told() {
    return told.get();
  }

  private static byte[] busy(String body) {
    String head =
        "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n"
            + "Connection: close\r\n\r\n";
    return (head.formatted(body.length()) + body).getBytes(StandardCharsets.US_ASCII);
  }

  private void receive() {
    for (int count = 1; !door.isClosed(); count++) {
      try {
        Socket client = door.accept();
        boolean isBusy = count % busyOf == 0;
        threads.execute(() -> serve(client, isBusy));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client, boolean isBusy) {
    try (client) {
      if (isBusy) {
        told.incrementAndGet();
        client.getInputStream().read(new byte[PIECE]);
        client.getOutputStream().write(BUSY);
        return;
      }
      try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), server)) {
        AtomicLong lastPiece = new AtomicLong(System.nanoTime());
        threads.execute(() -> pass(client, behind, lastPiece));
        pass(behind, client, lastPiece);
      }
    } catch (IOException e) {
      // either side may leave: the other is closed and tries again
    }
  }

  /** Until one side ends or both are idle. */
  private void pass(Socket from, Socket to, AtomicLong lastPiece) {
    byte[] piece = new byte[PIECE];
    try {
      from.setSoTimeout(IDLE_MILLISECONDS);
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length = 0;
      while (length >= 0) {
        try {
          length = in.read(piece);
        } catch (SocketTimeoutException e) {
          if (System.nanoTime() - lastPiece.get() > IDLE_MILLISECONDS * 1_000_000L) {
            break;
          }
          continue;
        }
        lastPiece.set(System.nanoTime());
        ChildProcess.pause(pause);
        out.write(piece, 0, Math.max(0, length));
      }
      from.close();
      to.close();
    } catch (IOException e) {
      // as above
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
