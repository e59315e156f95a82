# The lines `name vVERSION...|LICENCE` of cargo tree, sorted, as a CycloneDX 1.6 document: what the binary is made of.
BEGIN { FS = "|"; printf "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1,\"components\":[" }
{
	sub(/ \(\*\)$/, "", $1)
	gsub(/\//, " OR ", $2)
	split($1, part, " ")
	version = substr(part[2], 2)
	if (part[1] == "" || (part[1] "@" version) in seen) next
	seen[part[1] "@" version] = 1
	printf "%s\n{\"type\":\"library\",\"name\":\"%s\",\"version\":\"%s\",\"purl\":\"pkg:cargo/%s@%s\"", comma, part[1], version, part[1], version
	if ($2 != "") printf ",\"licenses\":[{\"expression\":\"%s\"}]", $2
	printf "}"
	comma = ","
}
END { print "\n]}" }
