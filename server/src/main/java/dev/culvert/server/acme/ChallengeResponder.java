package dev.culvert.server.acme;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Answers an authority's HTTP-01 requests on a visitor's connection, ahead of what routes requests
 * to tunnels. Event loop only, one connection; it stands behind the HTTP codec.
 *
 * <p>Only a request for a token that is ours, and only while no other is being answered; all else
 * passes.
 */
final class ChallengeResponder extends ChannelDuplexHandler {
  private static final String PATH = "/.well-known/acme-challenge/";

  private final Challenges challenges;
  private boolean isDropping; // what is left of a request that was answered here
  private int unanswered; // requests that passed
  private boolean isInformational; // the response that is being written

  ChallengeResponder(Challenges challenges) {
    this.challenges = challenges;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof HttpObject)) {
      ctx.fireChannelRead(message); // the connection has left HTTP
      return;
    }
    if (message instanceof HttpRequest request) {
      String answer = unanswered == 0 ? answer(request) : null;
      if (answer != null) {
        isDropping = true;
        ctx.writeAndFlush(response(answer));
      } else {
        unanswered++;
      }
    }
    if (isDropping) {
      isDropping = !(message instanceof LastHttpContent);
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private @Nullable String answer(HttpRequest request) {
    return request.method().equals(HttpMethod.GET) && request.uri().startsWith(PATH)
        ? challenges.http(request.uri().substring(PATH.length()))
        : null;
  }

  private static FullHttpResponse response(String answer) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream")
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    return response;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse response) {
      isInformational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
    if (message instanceof LastHttpContent && !isInformational) {
      unanswered--;
    }
    ctx.write(message, promise);
  }
}
