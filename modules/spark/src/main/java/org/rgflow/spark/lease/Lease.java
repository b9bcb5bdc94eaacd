package org.rgflow.spark.lease;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.WholeFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write a folder, which one process has at a time.
 *
 * <p>File systems have no common way to create a file that exactly one succeeds at: S3 through s3a
 * and the local one only look first. What all have is that a whole file that is written is seen by
 * whoever reads or lists after. That is enough for Lamport's bakery algorithm (CACM 17:453, 1974):
 * each writes a claim without a number, reads the others', writes its own with a number above
 * theirs, waits until nobody is choosing, and has the lease if its (number, id) is the lowest. Who
 * has not leaves its place, or waits.
 *
 * <p>Claims end: the owner renews its own while it lives, others remove one whose time is over by
 * more than {@link Claim#SKEW}, or whose process they can see is gone. The owner counts its time by
 * a clock that is not set, and acts no more when it is over, or when by the clock of the day
 * another may have taken it, as while a machine was suspended; clocks of machines may differ by the
 * skew.
 */
public final class Lease implements AutoCloseable {
  /** Of a file system that is too slow for a number to be chosen in time. */
  private static final int TRIES = 3;

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  private final Claims claims;
  private final LeaseTerms terms;
  private final Thread renewal;

  private volatile Claim claim;

  /** By {@link System#nanoTime}. */
  private volatile long ends;

  private volatile boolean lost;
  private volatile boolean closed;

  private Lease(Claims claims, LeaseTerms terms, Claim claim, long ends) {
    this.claims = claims;
    this.terms = terms;
    this.claim = claim;
    this.ends = ends;
    this.renewal = new Thread(this::renewWhileOpen, "rgflow-lease");
    renewal.setDaemon(true);
    renewal.start();
  }

  /**
   * Takes the lease of a folder, which may not exist yet.
   *
   * @param claims name of the folder in it that holds the claims
   * @throws DataException if the file system cannot be reached
   * @throws LeaseHeldException if another has it for longer than the terms wait
   */
  public static Lease of(Configuration hadoop, String folder, String claims, LeaseTerms terms) {
    try {
      Path path = new Path(folder);
      WholeFiles files = WholeFiles.of(hadoop, path);
      return of(files, files.fileSystem().makeQualified(path), claims, terms);
    } catch (IOException e) {
      throw WholeFiles.unreachable(folder, e);
    }
  }

  /** As {@link #of(Configuration, String, String, LeaseTerms)}. */
  public static Lease of(WholeFiles files, Path folder, String claims, LeaseTerms terms) {
    return acquire(new Claims(files, new Path(folder, claims)), terms);
  }

  /** Who has the lease of a folder, in words; empty if nobody does. */
  public static Optional<String> holder(WholeFiles files, Path folder, String claims) {
    return new Claims(files, new Path(folder, claims)).holder().map(Claim::words);
  }

  static Lease acquire(Claims claims, LeaseTerms terms) {
    long deadline = System.nanoTime() + terms.patience().toNanos();
    Claim first = null;
    int late = 0;
    while (true) {
      Attempt attempt = attempt(claims, terms);
      if (attempt.lease() != null) {
        return attempt.lease();
      }
      if (attempt.winner() == null) {
        late++;
        requireTimely(claims, late);
        continue;
      }
      Claim winner = attempt.winner();
      boolean isAlive = winner.owner().isSeenAlive() || winner.isRenewalOf(first);
      boolean waits = terms.waitsForTheLiving() || !isAlive;
      String held = claims.folder().getParent() + ": the lease is held by " + winner.words();
      if (!waits || System.nanoTime() - deadline >= 0) {
        throw new LeaseHeldException(held);
      }
      if (first == null) {
        LOG.warn("{}; waiting for up to {} s", held, terms.patience().toSeconds());
        first = winner;
      }
      pause(LOOK.multipliedBy(10));
    }
  }

  private static void requireTimely(Claims claims, int late) {
    if (late == TRIES) {
      throw new UncheckedIOException(
          claims.folder().getParent() + ": its lease could not be taken",
          new SocketTimeoutException(
              "reading and writing claims took longer than "
                  + claims.choosing().toSeconds()
                  + " s, "
                  + TRIES
                  + " times"));
    }
  }

  /** A lease, or who was before; neither where the file system took too long. */
  private record Attempt(Lease lease, Claim winner) {}

  private static Attempt attempt(Claims claims, LeaseTerms terms) {
    long begin = System.nanoTime();
    Claim choosing =
        new Claim(
            UUID.randomUUID().toString(),
            0,
            Owner.here(),
            terms.purpose(),
            claims.clock().instant().plus(claims.choosing()));
    boolean taken = false;
    try {
      claims.write(choosing);
      long highest = claims.others(choosing).stream().mapToLong(Claim::number).max().orElse(0);
      long ends = System.nanoTime() + terms.length().toNanos();
      Claim mine = choosing.numbered(highest + 1, claims.clock().instant().plus(terms.length()));
      if (System.nanoTime() - begin > claims.choosing().toNanos()) {
        return new Attempt(null, null); // others may have passed over it
      }
      claims.write(mine);
      Optional<Claim> before = before(claims, mine);
      if (before.isPresent()) {
        return new Attempt(null, before.get());
      }
      if (System.nanoTime() - ends >= 0) {
        return new Attempt(null, null); // over while others were choosing
      }
      Lease lease = new Lease(claims, terms, mine, ends);
      taken = true;
      return new Attempt(lease, mine);
    } finally {
      if (!taken) {
        claims.remove(choosing);
      }
    }
  }

  /** One that is before this, once nobody is choosing who may be. */
  private static Optional<Claim> before(Claims claims, Claim mine) {
    while (true) {
      List<Claim> others = claims.others(mine);
      Optional<Claim> before =
          others.stream().filter(other -> other.number() > 0 && other.isBefore(mine)).findFirst();
      if (before.isPresent() || others.stream().noneMatch(other -> other.number() == 0)) {
        return before;
      }
      pause(LOOK);
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a lease", e);
    }
  }

  private void renewWhileOpen() {
    long third = terms.length().toMillis() / 3;
    try {
      while (!closed && !lost) {
        Thread.sleep(third);
        renew();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private synchronized void renew() {
    if (closed || lost) {
      return;
    }
    try {
      if (isOver() || !claims.has(claim)) {
        lost = true;
        return;
      }
      long until = System.nanoTime() + terms.length().toNanos();
      Claim renewed = claim.numbered(claim.number(), claims.clock().instant().plus(terms.length()));
      claims.write(renewed);
      claim = renewed;
      ends = until;
    } catch (RuntimeException e) {
      LOG.warn("the lease could not be renewed, and ends in {} s: {}", secondsLeft(), e.toString());
    }
  }

  private long secondsLeft() {
    return Duration.ofNanos(ends - System.nanoTime()).toSeconds();
  }

  /**
   * By the clock of the day too, from when on others may take it: the other one may stand still.
   */
  private boolean isOver() {
    return System.nanoTime() - ends >= 0
        || claims.clock().instant().isAfter(claim.expires().plus(Claim.SKEW));
  }

  /** Whether it is no longer this process's: renewed too late, or removed by another. */
  public boolean isLost() {
    return lost || isOver();
  }

  /**
   * As {@link #require}, by what is known without the file system.
   *
   * @throws LeaseHeldException if it is lost
   */
  public void requireNotLost() {
    if (isLost()) {
      lost = true;
      throw new LeaseHeldException(
          claims.folder().getParent()
              + ": the lease was lost, as it could not be renewed in time; another may have it now");
    }
  }

  /**
   * A wish to stop, of work whose every step is its holder's alone: where the lease is lost there
   * is no next step, as what it would write may be another's.
   */
  public BooleanSupplier guarding(BooleanSupplier stop) {
    return () -> {
      requireNotLost();
      return stop.getAsBoolean();
    };
  }

  /**
   * Looks whether it is still this process's, before what only its holder may do.
   *
   * @throws LeaseHeldException if it is not
   */
  public void require() {
    lost |= isLost() || !claims.has(claim);
    requireNotLost();
  }

  /** Gives it back. */
  @Override
  public synchronized void close() {
    closed = true;
    renewal.interrupt();
    try {
      claims.remove(claim);
    } catch (UncheckedIOException e) {
      LOG.warn(
          "the lease could not be given back, and ends in {} s: {}", secondsLeft(), e.toString());
    }
  }
}
