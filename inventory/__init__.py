"""What there is: sites, clouds, hosts, pools, segments, systems, flavors, images, machines, volumes, addresses."""
