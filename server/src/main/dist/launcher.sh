#!/bin/sh
# Starts @program@ with Java 25 or newer: the java that CULVERT_JAVA names, else the one of JAVA_HOME,
# else of the PATH, else of the usual places. @options@ holds options for the JVM, such as -Xmx512m.
# --print-java prints which java it would be, --print-cache the AOT cache that it would use.
set -u

program=@program@
needed=25

fail() {
  printf '%s: %s\n  %s\n' "${0##*/}" "$1" "$2" >&2
  exit 127
}

# Follows links; "$0" may be one in a directory of the PATH, and so may java.
follow() {
  followed=$1
  while [ -L "$followed" ]; do
    target=$(readlink "$followed")
    case $target in
      /*) followed=$target ;;
      *) followed=${followed%/*}/$target ;;
    esac
  done
}

# Sets version to the feature release of the JDK at $1, or to 0, and build to its full version. A JDK
# says so in a file: to start java and ask would take longer than the rest of this script.
version_of() {
  version=0
  build=
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS='"' read -r key value _; do
      case $key in
        JAVA_VERSION=) feature_of "$value" ;;
        JAVA_RUNTIME_VERSION=) build=$value ;;
      esac
    done <"$1/release"
  else
    value=$("$1/bin/java" -version 2>&1)
    case $value in
      *version\ \"*)
        feature_of "${value#*version \"}"
        ;;
    esac
  fi
}

# Sets version from a text such as 25.0.3, 26-ea or 1.8.0_392.
feature_of() {
  version=${1#1.}
  version=${version%%[!0-9]*}
  version=${version:-0}
}

# Ends the search at the first JDK that will do; keeps in mind what else it saw, under one name.
older=
seen=:
consider() {
  [ -z "$java" ] || return
  home=$(CDPATH='' cd -- "$1" 2>/dev/null && pwd -P) || return 0
  case $seen in
    *":$home:"*) return ;;
  esac
  seen=$seen$home:
  version_of "$1"
  if [ "$version" -ge "$needed" ]; then
    java=$1/bin/java
  elif [ "$version" -gt 0 ]; then
    older="${older:+$older, }Java $version in $1"
  fi
}

find_java() {
  java=
  [ -z "${JAVA_HOME-}" ] || consider "$JAVA_HOME"
  if on_path=$(command -v java); then
    follow "$on_path"
    consider "${followed%/bin/java}"
  fi
  for home in \
    /usr/lib/jvm/* \
    /usr/java/* \
    /opt/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-}"/.sdkman/candidates/java/* \
    "${HOME-}"/.jdks/*; do
    consider "$home"
  done
}

if [ -n "${CULVERT_JAVA-}" ]; then
  follow "$CULVERT_JAVA"
  version_of "${followed%/bin/java}"
  [ "$version" -ge "$needed" ] ||
    fail "CULVERT_JAVA is $CULVERT_JAVA, which is not the java of a JDK $needed or newer" \
      "Set it to such a one, for example /usr/lib/jvm/jdk-$needed/bin/java, or unset it."
  java=$CULVERT_JAVA
else
  find_java
fi
[ -n "$java" ] ||
  fail "Java $needed or newer is needed; found ${older:-none}" \
    "Install a JDK $needed (such as Temurin, from adoptium.net), or set JAVA_HOME to where one is."

if [ "${1-}" = --print-java ]; then
  printf '%s\n' "$java"
  exit
fi

case $0 in
  */*) follow "$0" ;;
  *) follow "./$0" ;;
esac
lib=$(CDPATH='' cd -- "${followed%/*}/../lib" && pwd -P)

# The cache holds classes as one JVM had them in memory. The JVM does not notice when they come from
# other jars than these, and complains where it is not the one: so the name has to say both.
cache=$lib/$program-@jars@-$build.aot
if [ "${1-}" = --print-cache ]; then
  printf '%s\n' "$cache"
  exit
fi
if [ -f "$cache" ]; then
  cache=-XX:AOTCache=$cache
else
  cache=
fi

set -f # the options are words, not patterns
# shellcheck disable=SC2086 # and words they are
exec "$java" ${cache:+"$cache" -Xlog:aot=off -Xlog:cds=off} \
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  @jvm@ -Xms16m -XX:+ExitOnOutOfMemoryError \
  -Dio.netty.leakDetection.level=disabled -Dio.netty.jfr.enabled=false \
  "-Djava.library.path=$lib/native" \
  ${@options@-} \
  -cp "@class.path@" @main@ "$@"
