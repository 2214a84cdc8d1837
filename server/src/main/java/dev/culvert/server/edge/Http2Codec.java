package dev.culvert.server.edge;

import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Makes the codec of a visitor's connection in HTTP/2, and bounds what a visitor can make it hold
 * or do.
 *
 * <p>Held are {@value #MAX_STREAMS} streams, each with a window of {@value #STREAM_WINDOW_BYTES}
 * bytes, and heads of {@link HttpEdge#MAX_HEADER_BYTES}. Floods end the connection with
 * ENHANCE_YOUR_CALM: resets, and frames that make the server reset, after {@value #MAX_RESETS} in
 * {@value #RESET_SECONDS} seconds; empty data and continuations after a few; and whatever else
 * brings nothing as {@link Http2FrameBudget} says.
 */
final class Http2Codec extends Http2FrameCodecBuilder {
  static final int MAX_STREAMS = 128;
  static final int STREAM_WINDOW_BYTES = 256 * 1024;

  private static final int MAX_RESETS = 200;
  private static final int RESET_SECONDS = 10;
  private static final int MAX_EMPTY_FRAMES = 8;
  private static final int MAX_QUEUED_CONTROL_FRAMES = 1024;

  /** What is still being answered when the server stops. */
  private static final long SHUTDOWN_MILLIS = 1000;

  private Http2Codec() {
    server(true);
    initialSettings(
        Http2Settings.defaultSettings()
            .maxConcurrentStreams(MAX_STREAMS)
            .initialWindowSize(STREAM_WINDOW_BYTES)
            .maxHeaderListSize(HttpEdge.MAX_HEADER_BYTES)
            .connectProtocolEnabled(true));
    gracefulShutdownTimeoutMillis(SHUTDOWN_MILLIS);
    encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_CONTROL_FRAMES);
    decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_FRAMES);
    decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS);
    encoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS);
  }

  static Http2FrameCodec create() {
    return new Http2Codec().build();
  }

  @Override
  protected Http2FrameCodec build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return super.build(new Http2FrameGuard(decoder), encoder, settings);
  }
}
