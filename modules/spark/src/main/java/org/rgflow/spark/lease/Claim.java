package org.rgflow.spark.lease;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;

/**
 * One who wants a lease, or has it.
 *
 * @param id of the claim, unlike any other's
 * @param number its place in the queue; 0 while it is being chosen
 * @param owner process that made it
 * @param purpose in words
 * @param expires by the owner's clock, unless it is renewed
 */
record Claim(String id, long number, Owner owner, String purpose, Instant expires) {
  /** By how much the clocks of two machines may differ. */
  static final Duration SKEW = Duration.ofMinutes(1);

  Claim numbered(long place, Instant until) {
    return new Claim(id, place, owner, purpose, until);
  }

  boolean isBefore(Claim other) {
    return number != other.number ? number < other.number : id.compareTo(other.id) < 0;
  }

  /** Whether its owner may still act on it, for all that can be known at a time. */
  boolean isAlive(Instant now) {
    return !now.isAfter(expires.plus(SKEW)) && !owner.isGone();
  }

  /** Whether it is another's, null for none, of later. */
  boolean isRenewalOf(Claim other) {
    return other != null && id.equals(other.id) && expires.isAfter(other.expires);
  }

  String words() {
    return owner.words() + ", " + purpose + ", until " + expires + " unless renewed";
  }

  JsonNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", id);
    json.put("number", number);
    owner.putTo(json);
    json.put("purpose", purpose);
    json.put("expires", expires.toString());
    return json;
  }

  static Claim of(JsonNode json) {
    return new Claim(
        json.path("id").asText(),
        json.path("number").asLong(),
        Owner.of(json),
        json.path("purpose").asText(),
        Instant.parse(json.path("expires").asText()));
  }
}
