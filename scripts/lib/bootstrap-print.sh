# shellcheck shell=bash
# What scripts/bootstrap prints for a new droplet: user data that carries these very files, and the doctl commands.

options() { printf -- '--user %q --ssh-from %q --public %q --swap %q%s' "$user" "$ssh_from" "$public" "$swap" "$([[ $docker = yes ]] || echo ' --without-docker')"; }

# The droplet unpacks the same files and runs the same script: there is no second description of a host.
print_cloud_init() {
	local archive
	archive=$(tar --create --directory "$repo" --owner=0 --group=0 --sort=name --mtime=@0 scripts/bootstrap scripts/make-secrets \
		scripts/lib/common.sh scripts/lib/bootstrap-host.sh scripts/lib/bootstrap-print.sh deploy/host | gzip --best --no-name | base64 --wrap=0)
	cat <<-USERDATA
		#cloud-config
		# By scripts/bootstrap --print-cloud-init. Its output is in /var/log/cloud-init-output.log.
		write_files:
		  - path: /opt/mindflow-bootstrap/files.tar.gz
		    permissions: "0600"
		    encoding: b64
		    content: $archive
		  - path: /opt/mindflow-bootstrap/key.pub
		    permissions: "0644"
		    content: |
		      $key_line
		runcmd:
		  - tar --extract --gzip --directory /opt/mindflow-bootstrap --file /opt/mindflow-bootstrap/files.tar.gz
		  - /opt/mindflow-bootstrap/scripts/bootstrap --key /opt/mindflow-bootstrap/key.pub $(options)
	USERDATA
}

print_doctl() {
	local inbound='protocol:tcp,ports:22,address:0.0.0.0/0,address:::/0' range
	if [[ -n $ssh_from ]]; then
		inbound='protocol:tcp,ports:22'
		for range in $ssh_from; do inbound+=",address:$range"; done
	fi
	if [[ $public = cloudflare ]]; then
		inbound+=' protocol:tcp,ports:443'
		while read -r range; do inbound+=",address:$range"; done < <(grep -v '^#' "$repo/deploy/host/cloudflare-ranges")
	fi
	cat <<-DOCTL
		# 1 vCPU and 2 GB, the least that MindFlow is sized for. Say --region for the place nearest to your users.
		doctl compute ssh-key import mindflow --public-key-file $(printf %q "$key")   # once; an error means that it is there
		scripts/bootstrap --key $(printf %q "$key") $(options) --print-cloud-init >user-data.yaml
		doctl compute droplet create mindflow --image ubuntu-24-04-x64 --size s-1vcpu-2gb --region fra1 --enable-monitoring \\
		  --tag-name mindflow --ssh-keys "\$(ssh-keygen -l -E md5 -f $(printf %q "$key") | cut -d' ' -f2 | cut -d: -f2-)" --user-data-file user-data.yaml --wait
		doctl compute firewall create --name mindflow --tag-names mindflow \\
		  --inbound-rules "$inbound" \\
		  --outbound-rules "protocol:tcp,ports:all,address:0.0.0.0/0,address:::/0 protocol:udp,ports:all,address:0.0.0.0/0,address:::/0 protocol:icmp,address:0.0.0.0/0,address:::/0"
	DOCTL
}
