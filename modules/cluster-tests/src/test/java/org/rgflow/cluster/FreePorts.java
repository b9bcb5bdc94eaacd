package org.rgflow.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports of this machine, below those that the system gives to whoever asks for any. */
final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;

  /** Test runs of one machine begin elsewhere. */
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) ProcessHandle.current().pid() * 37);

  private FreePorts() {}

  /** A port that nobody listens on, and that was not given before. */
  static int next() {
    while (true) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), LAST - FIRST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // the next may be free
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Whether somebody listens. */
  static boolean isTaken(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
