package dev.culvert.mux.netty;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Relay} did.
 *
 * @param leftToRightBytes bytes read on the left leg
 * @param rightToLeftBytes bytes read on the right leg
 * @param cause null where both directions ended in order, else what cut them
 */
public record RelayEnd(long leftToRightBytes, long rightToLeftBytes, @Nullable Throwable cause) {}
