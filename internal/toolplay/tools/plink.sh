# plink: a file of commands (-m), or lines as its input (-t).
key=$(ssh-keyscan -p "$PORT" "$HOST" 2>/dev/null | ssh-keygen -lf - | awk '/ED25519|RSA|ECDSA/ {print $2}')
set --
for k in $key; do set -- "$@" -hostkey "$k"; done
case $HOW in
-m) plink -batch "$@" -P "$PORT" -pw "$PASSWORD" -m "$COMMANDS" "$LOGIN@$HOST" ;;
*) plink -batch "$@" -P "$PORT" -pw "$PASSWORD" -t "$LOGIN@$HOST" <"$COMMANDS" ;;
esac
