package toniot

import "strings"

// Names of ordinary Linux programs, for the many commands that the real files
// hold a handful of rows each of; they are not taken from those files. All are
// at most 12 characters long, so that `<name>` fits CMD's 14.
var (
	shortLived = strings.Fields(`
	sh bash dash dpkg grep awk sed cut find xargs sort uniq head tail cat tr wc ls cp mv rm mkdir rmdir touch chmod chown
	ln stat du df date sleep expr test true false printf echo env id whoami groups who w uptime uname hostname domainname
	ps top free vmstat iostat mpstat sar pidstat kill pkill pgrep killall nice renice nohup timeout watch tee less more
	file which whereis locate updatedb mandb man whatis apropos info diff cmp comm patch join paste split csplit fold fmt
	nl od hexdump strings base64 md5sum sha1sum sha256sum cksum sum tar gzip gunzip bzip2 xz unxz zip unzip zcat zgrep cpio
	ar ranlib nm objdump readelf size strip ld as gcc cc1 cpp make cmake install ldconfig ldd pkg-config perl python
	python2.7 python3 python3.5 python3.6 ruby php php5 php7.0 node java javac mysql mysqldump mysqladmin psql sqlite3
	curl wget ftp sftp scp ssh ssh-keygen ssh-agent rsync telnet nc ncat nmap nping tcpdump tshark dumpcap ping ping6
	traceroute tracepath mtr dig host nslookup whois arp arping ip ifconfig route netstat ss iwconfig ethtool iptables
	ip6tables brctl mii-tool dhclient ifup ifdown ifquery resolvconf nm-dhcp-clie nm-dispatche nmcli modprobe insmod rmmod
	lsmod depmod kmod udevadm systemd-udev systemctl systemd-tmpf systemd-cgro journalctl loginctl timedatectl service
	invoke-rc.d update-rc.d initctl start-stop-d run-parts cron anacron logrotate savelog tempfile mktemp readlink realpath
	basename dirname seq yes shuf tput stty clear reset screen tmux vi vim.tiny nano ed editor visudo sudo su login passwd
	chpasswd unix_chkpwd useradd userdel usermod groupadd newgrp chage faillog lastlog last lastb getent mount umount fsck
	e2fsck blkid lsblk findmnt fdisk sfdisk parted mkfs.ext4 tune2fs dumpe2fs resize2fs swapon swapoff sync fstrim hdparm
	smartctl lspci lsusb lshw dmidecode lscpu lsof fuser strace ltrace gdb apt-get apt-cache apt-config apt-key apt aptitude
	apt-check dpkg-query dpkg-deb dpkg-divert dpkg-split debconf unattended-u update-motd release-upgr lsb_release do-release-u
	gpg gpgv gpgconf openssl xauth xrandr xset xprop xdpyinfo xdg-open xdg-mime xdg-user-dir dbus-launch dbus-send gdbus
	gsettings dconf gconftool-2 gvfsd-http gvfsd-trash zenity notify-send apport-gtk apport-check kernel_oops whoopsie-upl
	debian-sa1 sa1 sa2 sadc sessionclean maxlifetime iconv locale localedef gettext msgfmt bc dc factor getopt getconf
	chgrp mknod mkfifo install-info update-mime- update-alter vsftpd apachectl a2enmod a2dismod htpasswd rotatelogs
	mkinitramfs lz4 zstd lzop pigz fold.real expand unexpand rev tac column colrm look ul script scriptreplay wall write
	mesg logger flock ionice chrt taskset setsid unshare nsenter runuser prlimit rename hostnamectl localectl busctl
	partprobe kpartx dmsetup lvs vgs pvs lvdisplay cryptsetup losetup badblocks debugfs filefrag chattr lsattr getfacl
	setfacl setcap getcap aa-status aa-exec snap snap-exec snap-confine pickup qmgr sendmail mailq newaliases postmap`)

	// Long-running programs, found on desktops and servers of that time.
	daemons = strings.Fields(`
	init systemd systemd-journa systemd-logind systemd-resolv systemd-timesy systemd-networ rsyslogd acpid atd dbus-launch
	avahi-daemon bluetoothd colord cups-browsed cupsd gdm3 lightdm gnome-session gnome-shell-ca gnome-screensa gnome-keyring-
	gsd-a11y-setti gsd-clipboard gsd-color gsd-datetime gsd-housekeepi gsd-keyboard gsd-media-keys gsd-mouse gsd-power gsd-print-notif
	gsd-rfkill gsd-screensave gsd-sharing gsd-smartcard gsd-sound gsd-wacom gsd-xsettings gvfsd gvfsd-fuse gvfsd-metadata
	gvfs-afc-volum gvfs-goa-volum gvfs-gphoto2-v gvfs-mtp-volum gvfs-udisks2-v ibus-daemon ibus-dconf ibus-engine-si ibus-ui-gtk3
	ibus-x11 ibus-portal indicator-bluet indicator-datet indicator-keybo indicator-messa indicator-power indicator-print indicator-sessi
	indicator-sound kerneloops modem-manager ModemManager packagekitd polkit-gnome-a polkitd rtkit-helper sshd sssd thermald
	tracker-extract tracker-store udisksd upowerd accounts-daemo at-spi-bus-lau at-spi2-regist bamfdaemon boltd dconf-service
	evolution-addr evolution-alar evolution-sour fwupd geoclue gnome-calenda gnome-software goa-identity-s networkd-dispa nmbd smbd
	winbindd ntpd chronyd obex-data-serv pcscd pulse-helper snapd speech-dispatc spice-vdagent switcheroo-con unattended-upg
	unity-fallback unity-files-da unity-music-dae unity-scope-ho unity-scope-lo update-notifie upstart upstart-event- upstart-file-b
	upstart-socket upstart-udev-b VGAuthService vmware-vmblock window-stack-b wpa_supplicant xdg-desktop-po xdg-document-p
	xdg-permission zeitgeist-data zeitgeist-fts zeitgeist-daem zsysd agetty getty login-shell mosquitto node-red nodered
	memcached redis-server mongod postgres php-fpm7.0 nginx squid3 dnsmasq openvpn named cron dhclient vsftpd proftpd in.tftpd
	xinetd inetd snmpd zabbix_agentd nrpe collectd monit fail2ban-serve auditd irqbalance-ui lvmetad lxcfs mdadm multipathd
	iscsid rpcbind rpc.statd rpc.idmapd nfsdcld gssproxy telnetd slapd krb5kdc saslauthd dovecot master tlsmgr
	gedit eog evince totem rhythmbox thunderbird libreoffice soffice.bin wireshark filezilla putty xterm bash-login
	python-server java-agent ruby-server perl-daemon knetatop ksmtuned khugepaged-wq ibus-engine-m`)
)

// kworkers returns n names of kernel workers, one for each processor and
// number first, then those that are bound to none. suffix follows the name.
func kworkers(n int, suffix string) []string {
	var names []string
	for number := range 8 {
		for cpu := range 6 {
			names = append(names, cut("kworker/"+digit(cpu)+":"+digit(number)+suffix))
		}
	}
	for _, pool := range []string{"u256:", "u257:", "u12:", "u8:"} {
		for number := range 10 {
			names = append(names, cut("kworker/"+pool+digit(number)+suffix))
		}
	}
	return names[:n]
}

func digit(n int) string { return string(rune('0' + n)) }

// cut shortens a name to the 14 characters that CMD holds.
func cut(name string) string { return name[:min(len(name), 14)] }

// finished returns the names in the angle brackets of a process that has ended.
func finished(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = "<" + name[:min(len(name), 12)] + ">"
	}
	return out
}

// spread shares rows among n rare commands: the first get most, each at least
// one, as far as rows suffice.
func spread(rows int64, n int) []int64 {
	if n == 0 {
		return nil
	}
	weights := make([]int64, n)
	for i := range weights {
		weights[i] = 1_000_000 / int64(i+4)
	}
	parts := apportion(rows-int64(n), weights)
	for i := range parts {
		parts[i]++
	}
	return parts
}
