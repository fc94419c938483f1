package browser

import "context"

// SetContent makes the HTML the page's document. It has no address: it can read no file, and its links to other pages lead
// nowhere, so that no path of this machine gets into what is printed.
func (p *Page) SetContent(ctx context.Context, html string) error {
	var tree struct {
		FrameTree struct{ Frame struct{ ID string } }
	}
	if err := p.browser.call(ctx, p.session, "Page.getFrameTree", map[string]any{}, &tree); err != nil {
		return err
	}
	return p.browser.call(ctx, p.session, "Page.setDocumentContent", map[string]any{"frameId": tree.FrameTree.Frame.ID, "html": html}, nil)
}

// footer numbers the printed pages. Its styles are its own, for those of the page do not reach it.
const footer = `<div style="width: 100%; font: 8px sans-serif; color: #555; text-align: center"><span class="pageNumber"></span> / <span class="totalPages"></span></div>`

// PDF is the page as it is printed, on the paper that it asks for, with numbered pages, and with its headings as outline.
func (p *Page) PDF(ctx context.Context) ([]byte, error) {
	var printed struct{ Data []byte }
	err := p.browser.call(ctx, p.session, "Page.printToPDF", map[string]any{
		"preferCSSPageSize": true, "printBackground": true, "generateTaggedPDF": true, "generateDocumentOutline": true,
		"displayHeaderFooter": true, "headerTemplate": "<span></span>", "footerTemplate": footer,
	}, &printed)
	return printed.Data, err
}
